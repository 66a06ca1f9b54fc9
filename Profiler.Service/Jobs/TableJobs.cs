using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>The running table jobs, one at most for each space and settings.</summary>
public sealed class TableJobs(TableBuilder builder, TableStore store, IHostApplicationLifetime lifetime, ILogger<TableJobs> logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(SearchSpace, MeasurementSettings), TableJob> running = [];

    /// <summary>The running job for this space and these settings, or a new one.</summary>
    public TableJob StartOrAttach(SearchSpace space, MeasurementSettings settings)
    {
        lock (gate)
        {
            if (running.TryGetValue((space, settings), out TableJob? job)) return job;
            job = new TableJob(Guid.NewGuid().ToString("N")[..12], space, settings);
            running.Add((space, settings), job);
            _ = Task.Run(() => RunAsync(job));
            return job;
        }
    }

    private async Task RunAsync(TableJob job)
    {
        logger.LogInformation("Job {Job} measures {Space}; {Protocol}", job.Id, job.Space, job.Settings.Protocol);
        JobProgress? last = null;
        Exception? failure = null;
        try
        {
            LatencyTable table = await builder.BuildAsync(job, lifetime.ApplicationStopping);
            StoredTable stored = store.Save(table);
            last = new(table.Entries.Count, table.Entries.Count, SecondsLeft: 0, TableId: stored.Id);
            logger.LogInformation("Job {Job} is done: table {Table}, {Count} entries, {Noisy} of them noisy",
                job.Id, stored.Id, table.Entries.Count, table.Entries.Count(entry => entry.Noisy));
        }
        catch (Exception fault)
        {
            // Nobody awaits this task: the job's watchers and the log are told.
            failure = fault;
            logger.LogError("Job {Job} ended without a table: {Reason}", job.Id, fault.Message);
        }
        // Out of the list first: who is told of the end and asks again gets a new job.
        lock (gate) running.Remove((job.Space, job.Settings));
        if (last is not null) job.Report(last);
        else job.Fail(failure!);
    }
}
