using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>What a service has, without its sockets.</summary>
internal sealed class JobService : IDisposable
{
    /// <summary>A space of some hundred operators.</summary>
    public static readonly SearchSpace Space = new(
        64,
        64,
        8,
        [0.5, 8.0 / 12],
        Layers: 4,
        Classes: 3,
        TeacherStemRatio: 0.5,
        TeacherHeadRatio: 0.5,
        StudentStemRatio: 0.5,
        StudentHeadRatio: 0.5
    );

    /// <summary>Those of them that are measured.</summary>
    public static readonly OperatorSpec[] Measurable = [.. OperatorWork.Of(Space).ToMeasure];

    /// <summary>Little time for each of them, and one session, which is enough where so wide an interval is: several are TableBuilderTests'
    /// matter.</summary>
    public static readonly MeasurementSettings Settings = new()
    {
        Seed = 4,
        MaximumSeconds = 0.01,
        MinimumSamples = 6,
        Sessions = 1,
        RelativeHalfWidth = 0.5,
    };

    // No part of a test: only against a job that hangs.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromMinutes(2);

    private readonly Lifetime lifetime = new();
    private readonly DeviceWorker device = new();
    private readonly ProfilerDatabase database;

    /// <param name="folder">Its store.</param>
    /// <param name="engine">What it measures with.</param>
    /// <param name="log">Its jobs' log.</param>
    /// <param name="building">What the building of a table logs; null is nothing.</param>
    /// <param name="probe">Looks at the machine; null where nobody asks for load.</param>
    /// <param name="networks">Whether its jobs end with whole networks.</param>
    public JobService(
        string folder,
        FakeEngine engine,
        ILogger<TableJobs> log,
        ILogger<TableBuilder>? building = null,
        IHostProbe? probe = null,
        bool networks = false
    )
    {
        database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        Tables = new TableStore(database, NullLogger<TableStore>.Instance);
        Store = new JobStore(database, TimeProvider.System, NullLogger<JobStore>.Instance);
        var measurer = new OperatorMeasurer(engine, engine.Time, NullLogger<OperatorMeasurer>.Instance);
        DeviceLoad? load = probe is null ? null : new DeviceLoad(new DevicePaces(database, TimeProvider.System), probe);
        var builder = new TableBuilder(
            engine,
            device,
            measurer,
            engine.Time,
            building ?? NullLogger<TableBuilder>.Instance,
            load,
            networks ? new ModelMeasurer(engine, engine.Time) : null
        );
        Refresher = new TableRefresher(engine, new OperatorSessions(device, measurer), Store, Tables, engine.Time, load);
        Jobs = new TableJobs(engine, builder, Tables, Store, new CallLimits { Waiting = 2 }, lifetime, log);
    }

    public TableStore Tables { get; }

    public JobStore Store { get; }

    public TableJobs Jobs { get; }

    public TableRefresher Refresher { get; }

    /// <summary>Waits for a job's end.</summary>
    /// <returns>The table's id.</returns>
    public static async Task<string> EndOf(TableJob job)
    {
        JobProgress? last = null;
        await foreach (JobProgress progress in job.WatchAsync(cancellation: TestContext.Current.CancellationToken))
            last = progress;
        return last!.TableId!;
    }

    /// <summary>What happens to the database behind the service's back.</summary>
    public void Execute(string sql)
    {
        using SqliteConnection connection = database.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Ends it. A job is ended on a thread of its own, and writes until it is: nothing of it reaches the store
    /// afterwards.</summary>
    public void Kill()
    {
        lifetime.StopApplication();
        device.Dispose();
        SpinWait.SpinUntil(() => Jobs.Count == 0, LongestGoodbye);
    }

    public void Dispose() => Kill();

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => stopping.Cancel();
    }
}
