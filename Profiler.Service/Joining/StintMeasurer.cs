using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Fleet.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>Measures the operators of a stint as those of a table, in rounds with the sentinel in between; where it has no space, each for
/// itself. It takes turns with the profiler's own clients.</summary>
internal sealed class StintMeasurer(
    IEngine engine,
    DeviceWorker device,
    IOperatorMeasurer measurer,
    OperatorSessions sessions,
    OptionsReader options,
    TimeProvider time,
    ILogger<StintMeasurer> logger,
    DeviceLoad? load = null
)
{
    /// <summary>Whose turns the fleet's work takes on the device.</summary>
    public const string Client = "fleet";

    // A fleet takes no message beyond 4 MiB; the samples are for people, the entry has all that a table needs.
    internal const int MostBytes = 3 << 20;

    private readonly RoundsRunner runner = new(engine, device, measurer, time, logger, load);

    /// <summary>Measures.</summary>
    /// <param name="stint">The stint.</param>
    /// <param name="tell">Told each operator's result as soon as it is settled.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<StintEnd> MeasureAsync(Stint stint, Action<OperatorResult> tell, CancellationToken cancellation)
    {
        var faults = new List<string>();
        SearchSpace? space = stint.Space is null ? null : SpaceMapping.Read(stint.Space, faults.Add);
        MeasurementSettings settings = Settings(stint, faults);
        ILookup<OperatorSpec, int> positions = Positions(stint, faults);
        if (faults.Count > 0)
            return new() { Lease = stint.Lease, Reason = string.Join(' ', faults) };

        var work = OperatorWork.Of([.. positions.Select(each => each.Key)]);
        foreach (LatencyEntry defined in work.Defined)
            Tell(new(defined, []));
        var end = new StintEnd { Lease = stint.Lease };
        if (space is null)
            end.Loaded = await MeasureEachAsync(work.ToMeasure, settings, Tell, cancellation) ?? "";
        else if (work.ToMeasure.Count > 0)
        {
            var job = new TableJob(
                $"{LogText.Of(stint.JobId)} (lease {stint.Lease})",
                space,
                settings,
                new MemoryJobLog(),
                Client,
                QuietPatience.Default(settings.Sessions * work.ToMeasure.Count, settings)
            );
            RoundsOutcome outcome = await runner.RunAsync(job, work.ToMeasure, cancellation, Tell);
            end.SentinelMs.Add(outcome.Readings.Select(reading => reading.MedianMs));
            end.Loaded = outcome.Loaded ?? "";
        }
        return end;

        void Tell(SettledOperator settled)
        {
            foreach (int position in positions[settled.Entry.Spec])
                tell(Result(stint, position, settled));
        }
    }

    /// <summary>Measures operators of no space; with looks at the machine in between, since there is no sentinel.</summary>
    /// <returns>Why the device was a loaded one; null where it was not.</returns>
    private async Task<string?> MeasureEachAsync(
        IReadOnlyList<OperatorSpec> specs,
        MeasurementSettings settings,
        Action<SettledOperator> tell,
        CancellationToken cancellation
    )
    {
        var looks = new List<HostPace>();
        for (int i = 0; i < specs.Count; i++)
        {
            if (i % Sentinel.DefaultInterval == 0)
                await LookAsync();
            IReadOnlyList<OperatorSession> all = await sessions.MeasureAsync(Client, specs[i], settings, cancellation, patiently: true);
            tell(new(OperatorSession.Join(all, settings), [.. all.Where(session => session.Entry.Failure is null)]));
        }
        if (specs.Count > 0)
            await LookAsync();
        return load?.Reason(engine.Device.Uuid, looks);

        async Task LookAsync()
        {
            if (load is not null)
                looks.Add(await device.RunPatientlyAsync(Client, _ => load.Look(), cancellation));
        }
    }

    private static OperatorResult Result(Stint stint, int position, SettledOperator settled)
    {
        var result = new OperatorResult
        {
            Lease = stint.Lease,
            JobId = stint.JobId,
            Position = position,
            Entry = LatencyTableJson.SerializeEntry(settled.Entry),
            Samples = { settled.Sessions.Select(session => session.SamplesMs.ToMessage()) },
        };
        if (result.CalculateSize() > MostBytes)
            result.Samples.Clear();
        return result;
    }

    private MeasurementSettings Settings(Stint stint, List<string> told)
    {
        var faults = new RequestFaults();
        MeasurementSettings settings = options.Read(stint.Options, "options", MeasurementSettings.DefaultOperatorSeconds, faults);
        if (faults.HasAny)
            told.Add(faults.Sentence);
        return settings;
    }

    private static ILookup<OperatorSpec, int> Positions(Stint stint, List<string> told)
    {
        var read = new List<(OperatorSpec Spec, int Position)>();
        foreach (StintItem item in stint.Items)
        {
            if (OperatorKey.TryParse(item.Key, out OperatorSpec? spec))
                read.Add((spec, item.Position));
            else
                told.Add($"'{LogText.Of(item.Key)}' is no operator key that this profiler knows.");
        }
        return read.ToLookup(each => each.Spec, each => each.Position);
    }
}
