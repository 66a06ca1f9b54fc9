using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// The table jobs, one at most for each space and settings. They need nobody: they go on when their callers leave, and
/// after the service was stopped or killed they go on behind their last measurement. They belong to who asked first: they count for that
/// client, who may cancel them.
/// </summary>
public sealed class TableJobs(
    IEngine engine,
    TableBuilder builder,
    TableStore tables,
    JobStore store,
    CallLimits limits,
    IHostApplicationLifetime lifetime,
    ILogger<TableJobs> logger,
    StorePatience? patience = null
)
{
    /// <summary>Most jobs at a time, which clients share (<see cref="Shares"/>). They share one device, so more of them are none the sooner
    /// done, and each takes memory and threads.</summary>
    public const int MostRunning = 64;

    private sealed record Running(TableJob Job, CancellationTokenSource Cancel)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly Lock gate = new();
    private readonly Dictionary<string, Running> running = [];

    /// <summary>The running job for this space and these settings; else the one that ended before its table was finished, which goes on;
    /// else a new one.</summary>
    /// <param name="space">The space.</param>
    /// <param name="settings">How to measure it.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="cancellation">Ends the wait for a job that was cancelled and has not ended yet.</param>
    /// <param name="quiet">How long a job that is started now waits for a device in quiet; null is the default.</param>
    /// <param name="anew">Whether one that ended before its table was finished forgets what it has measured.</param>
    /// <exception cref="QueueFullException">It would be a new one, and as many as this client or all of them may have are running
    /// already.</exception>
    public async Task<TableJob> StartOrAttachAsync(
        SearchSpace space,
        MeasurementSettings settings,
        string client,
        CancellationToken cancellation,
        TimeSpan? quiet = null,
        bool anew = false
    )
    {
        while (true)
        {
            Task ending;
            lock (gate)
            {
                if (FindRunning(space, settings) is not { } found)
                    return StartUnfinished(space, settings, client, quiet, anew);
                if (!found.Cancel.IsCancellationRequested)
                    return found.Job;
                ending = found.Ended.Task;
            }
            // Who asks after the cancellation means to go on, and must not be told of it.
            await ending.WaitAsync(cancellation);
        }
    }

    /// <summary>How many jobs are running.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return running.Count;
        }
    }

    /// <summary>Whether a job for this space and these settings is running.</summary>
    public bool IsRunning(SearchSpace space, MeasurementSettings settings)
    {
        lock (gate)
            return FindRunning(space, settings) is not null;
    }

    /// <summary>Goes on with the jobs that were running when the service ended. Those of another device or runtime have failed.</summary>
    public void ResumeAll()
    {
        lock (gate)
        {
            foreach (StoredJob job in store.Running().Where(job => !running.ContainsKey(job.Id)))
            {
                if (engine.Identity(job.Settings).DifferenceFrom(job.Identity) is { } difference)
                    store.NoteEnd(job.Id, JobState.Failed, $"It cannot go on: {difference}.");
                else
                    Start(job, job.Owner, job.Quiet);
            }
        }
    }

    /// <summary>The running job of this id, or null.</summary>
    public TableJob? Find(string id)
    {
        lock (gate)
            return running.GetValueOrDefault(id)?.Job;
    }

    /// <summary>Stops a job and waits until it has ended, so that who asks for it afterwards gets one that goes on; what it has measured is
    /// kept.</summary>
    /// <returns>False where no such job is running.</returns>
    public async Task<bool> CancelAsync(string id)
    {
        Running? found;
        lock (gate)
        {
            if (!running.TryGetValue(id, out found))
            {
                // One of an earlier service that nobody asked for since: it stays where it is.
                if (store.Find(id) is not { State: JobState.Running })
                    return false;
                store.NoteEnd(id, JobState.Cancelled);
                return true;
            }
            // What follows from it runs on other threads: nothing of the job's end may run under the lock.
            _ = found.Cancel.CancelAsync();
        }
        await found.Ended.Task;
        return true;
    }

    private Running? FindRunning(SearchSpace space, MeasurementSettings settings) =>
        running.Values.FirstOrDefault(each => each.Job.Space.Equals(space) && each.Job.Settings == settings);

    private TableJob StartUnfinished(SearchSpace space, MeasurementSettings settings, string client, TimeSpan? quiet, bool anew)
    {
        int others = running.Values.Count(each => each.Job.Client == client);
        if (others >= limits.Waiting)
            throw new QueueFullException($"{others} table jobs of this client are running already: wait for one of them, or cancel one.");
        if (!Shares.Allows(MostRunning, running.Count, others, amount: 1))
            throw new QueueFullException(
                $"{running.Count} table jobs are running already, {others} of them of this client: wait for one of them, or cancel one."
            );
        TableIdentity identity = engine.Identity(settings);
        StoredJob? unfinished = store.FindUnfinished(space, settings, identity);
        if (unfinished is not null && anew)
        {
            // What another client's job has measured is that client's.
            if (unfinished.Owner is null || unfinished.Owner == client)
                store.Forget(unfinished.Id);
            else
                unfinished = null;
        }
        StoredJob stored = unfinished ?? store.Add(space, settings, identity, client, TableBuilder.FewestSessions(space, settings));
        return Start(stored, client, quiet);
    }

    private TableJob Start(StoredJob stored, string? client, TimeSpan? quiet)
    {
        // First what can fail: a job in the list that nobody runs would be attached to for ever.
        if (stored.State != JobState.Running && !store.Update(stored.Id, JobState.Running))
            // It was dropped as old just now.
            stored = store.Add(stored.Space, stored.Settings, stored.Identity);
        if (stored.Owner != client || stored.Sessions is null || stored.Quiet != quiet)
            store.Own(stored.Id, client, TableBuilder.FewestSessions(stored.Space, stored.Settings), quiet);
        var job = new TableJob(stored.Id, stored.Space, stored.Settings, store.Log(stored.Id), client, quiet, patience);
        var started = new Running(job, CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping));
        running.Add(job.Id, started);
        _ = Task.Run(() => RunAsync(started));
        return job;
    }

    private async Task RunAsync(Running started)
    {
        (TableJob job, CancellationTokenSource cancel) = started;
        using IDisposable? scope = logger.BeginScope(new Dictionary<string, object> { ["job"] = job.Id, ["client"] = job.Client });
        JobProgress? last = null;
        Exception? failure = null;
        int startedWith = -1;
        try
        {
            startedWith = await job.KeepAsync(() => store.Measured(job.Id), cancel.Token);
            if (startedWith > 0)
                await job.KeepAsync(() => job.Log.Note(JobEvent.WentOn), cancel.Token);
            logger.LogInformation("Job {Job} measures {Space}; {Protocol}", job.Id, job.Space, job.Settings.Protocol);
            LatencyTable table = await builder.BuildAsync(job, cancel.Token);
            // Together: who watches the tables may ask at once how this one came about.
            StoredTable stored = await job.KeepAsync(
                () => tables.Save(table, (transaction, saved) => store.Finish(transaction, job.Id, saved.Id)),
                cancel.Token
            );
            DropOldSamples();
            int done = job.Present?.Done ?? 0;
            TableHeader header = stored.Header;
            last = new(done, done, SecondsLeft: 0, TableId: stored.Id, Failed: header.Failed, Loaded: header.Loaded);
            bool isSound = header is { Failed: 0, Loaded: null };
            logger.Log(
                isSound ? LogLevel.Information : LogLevel.Warning,
                "Job {Job} is done: table {Table}, {Count} entries, {Noisy} of them noisy, {Drifted} drifted, {Failed} failed{Loaded}",
                job.Id,
                stored.Id,
                table.Entries.Count,
                table.Entries.Count(entry => entry.Noisy),
                table.Entries.Count(entry => entry.Drifted),
                header.Failed,
                header.Loaded is { } reason ? $"; measured on a loaded device: {reason}" : ""
            );
        }
        catch (Exception fault)
        {
            // Nobody awaits this task: the job's watchers, the store and the log are told.
            failure = fault;
            if (fault is OperationCanceledException)
                logger.LogInformation("Job {Job} was stopped; what it has measured is kept", job.Id);
            else
                logger.LogError(fault, "Job {Job} ended without a table", job.Id);
            NoteFailure(job, fault, startedWith);
        }
        // Out of the list first: who is told of the end and asks again gets a new job.
        lock (gate)
        {
            running.Remove(job.Id);
            cancel.Dispose();
        }
        if (last is not null)
            job.Report(last);
        else
            job.Fail(failure!);
        started.Ended.SetResult();
    }

    /// <summary>Where that fails, the table is there all the same.</summary>
    private void DropOldSamples()
    {
        try
        {
            store.DropOldSamples();
        }
        catch (Exception broken) when (IsOfTheStore(broken))
        {
            logger.LogWarning("Old samples cannot be dropped: {Reason}", broken.Message);
        }
    }

    private void NoteFailure(TableJob job, Exception fault, int startedWith)
    {
        // A service that stops leaves its jobs running: they go on with it.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        try
        {
            if (fault is OperationCanceledException)
                store.NoteEnd(job.Id, JobState.Cancelled);
            else
                store.NoteEnd(job.Id, JobState.Failed, fault.Message);
            // What went on behind measurements of before and failed without a new one would do so each time: they are no use to anybody.
            // A store that cannot be written is another matter.
            if (
                fault is not (OperationCanceledException or UserErrorException or IOException)
                && !IsOfTheStore(fault)
                && startedWith > 0
                && store.Measured(job.Id) <= startedWith
            )
            {
                store.Forget(job.Id);
                logger.LogWarning("Job {Job} forgets its {Count} measurements: asked for again, it begins anew", job.Id, startedWith);
            }
        }
        catch (Exception broken) when (IsOfTheStore(broken))
        {
            logger.LogError("The end of job {Job} cannot be noted: {Reason}", job.Id, broken.Message);
        }
    }

    private static bool IsOfTheStore(Exception fault) =>
        fault is Microsoft.Data.Sqlite.SqliteException or StoreUnavailableException or ObjectDisposedException;
}
