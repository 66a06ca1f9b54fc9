using System.Diagnostics.CodeAnalysis;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures every operator of a space, in rounds (<see cref="RoundsRunner"/>), then some whole networks
/// (<see cref="NetworksRunner"/>), and makes a table of what they say.</summary>
/// <param name="engine">What is measured with.</param>
/// <param name="device">The device's thread.</param>
/// <param name="measurer">Measures an operator.</param>
/// <param name="time">Paces the waiting.</param>
/// <param name="logger">Told how it goes.</param>
/// <param name="load">Tells a loaded device from a slow one; null where nobody asks.</param>
/// <param name="models">Measures a network; null where a table has no correction.</param>
public sealed class TableBuilder(
    IEngine engine,
    DeviceWorker device,
    IOperatorMeasurer measurer,
    TimeProvider time,
    ILogger<TableBuilder> logger,
    DeviceLoad? load = null,
    IModelMeasurer? models = null
)
{
    private readonly RoundsRunner runner = new(engine, device, measurer, time, logger, load);

    private readonly NetworksRunner? networks = models is null ? null : new(device, measurer, models, time, logger);

    /// <summary>Measures the job's table and reports each session to the job.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<LatencyTable> BuildAsync(TableJob job, CancellationToken cancellation)
    {
        var work = OperatorWork.Of(job.Space);
        IReadOnlyDictionary<string, string> environment = engine.Environment();
        TableIdentity identity = engine.Identity(job.Settings);
        long start = time.GetTimestamp();
        RoundsOutcome outcome = await runner.RunAsync(
            job,
            work.ToMeasure,
            cancellation,
            behind: MeasuresNetworks(job) ? NetworkVisits.Most : 0
        );
        LatencyEntry[] entries = [.. outcome.Entries, .. work.Defined];
        CorrectedTable? corrected = await CorrectAsync(
            job,
            new(identity, job.Space, entries, time.GetUtcNow()),
            (time.GetElapsedTime(start) - outcome.Waited).TotalSeconds,
            cancellation
        );
        IReadOnlyDictionary<JobEvent, int> events = await job.KeepAsync(job.Log.Events, cancellation);
        return new(
            identity,
            job.Space,
            entries,
            time.GetUtcNow(),
            TableStory.Tell(environment, outcome.Loaded, events, outcome.Waited, corrected),
            corrected?.Correction
        );
    }

    private async Task<CorrectedTable?> CorrectAsync(
        TableJob job,
        LatencyTable table,
        double operatorsSeconds,
        CancellationToken cancellation
    )
    {
        if (!MeasuresNetworks(job))
            return null;
        NetworkVisits visits = await networks.RunAsync(job, table, operatorsSeconds, cancellation);
        var corrected = CorrectedTable.Of(table, visits);
        logger.LogInformation("Job {Job}: {Fact}; they took {Seconds:F1} s", job.Id, corrected.Fact, visits.SpentSeconds);
        return corrected;
    }

    [MemberNotNullWhen(true, nameof(networks))]
    private bool MeasuresNetworks(TableJob job) => networks is not null && job.Settings.Networks;

    /// <summary>A mid-sized operator that every space has: the convolution on the 1/16 map at full width.</summary>
    public static OperatorSpec SentinelOf(SearchSpace space)
    {
        int channels = space.Channels(16, space.FullRatio);
        return new(OperatorKind.Conv, space.Height / 16, space.Width / 16, channels, channels);
    }

    /// <summary>Sessions that a table of this space takes at least.</summary>
    public static int FewestSessions(SearchSpace space, MeasurementSettings settings) =>
        settings.Sessions * OperatorWork.Of(space).ToMeasure.Count;

    /// <summary>
    /// The order of a round: random, so that slow drift of the device (heat, neighbours) does not follow the sizes of the operators, and
    /// seeded, so that a run can be repeated. A job that goes on finds its sentinel's positions in it.
    /// </summary>
    public static IReadOnlyList<OperatorSpec> OrderOf(int round, IEnumerable<OperatorSpec> due, ulong seed) =>
        new SplitMix64(seed + (ulong)round).Shuffle(due);
}
