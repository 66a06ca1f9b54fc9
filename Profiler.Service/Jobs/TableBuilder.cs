using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Measures every operator of a space, interleaved in a seeded random order, with a sentinel in between. Operators that a
/// drift of the sentinel touched are measured again; those that it touches again and again are flagged. What the job's log
/// holds is not measured again.
/// </summary>
public sealed class TableBuilder(
    IEngine engine, DeviceWorker device, IOperatorMeasurer measurer, TimeProvider time, ILogger<TableBuilder> logger)
{
    /// <summary>How often operators are measured again at most.</summary>
    public const int MostRepairs = 3;

    private static readonly TimeSpan[] QuietWaits = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <summary>Measures the job's table and reports each entry to the job.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<LatencyTable> BuildAsync(TableJob job, CancellationToken cancellation)
    {
        // The upsampling of the logits is measured too: with it a table serves networks with and without it.
        ILookup<bool, OperatorSpec> specs = job.Space.Operators(full: true).ToLookup(spec => spec.IsZeroByDefinition);
        var entries = specs[true].ToDictionary(spec => spec, OperatorMeasurer.Defined);
        IReadOnlyList<OperatorSpec> order = SeededOrder.Shuffle([.. specs[false]], job.Settings.Seed);
        IReadOnlyDictionary<string, string> environment = engine.Environment();

        Sentinel sentinel = await PassAsync(job, pass: 0, order, entries, cancellation);
        double reference = sentinel.ReferenceMs;
        logger.LogInformation("Job {Job}: the sentinel {Operator} took {Reference:F4} ms, with a drift of {Drift:P1} over {Count} readings",
            job.Id, SentinelOf(job.Space), reference, sentinel.Drift, sentinel.Readings.Count);
        for (int pass = 1; pass <= MostRepairs; pass++)
        {
            order = Touched(order, sentinel, reference);
            if (order.Count == 0) break;
            logger.LogWarning("Job {Job}: a drift touched {Count} operators, which are measured again", job.Id, order.Count);
            await AwaitQuietAsync(job, sentinel, reference, cancellation);
            sentinel = await PassAsync(job, pass, order, entries, cancellation);
        }
        foreach (OperatorSpec spec in Touched(order, sentinel, reference)) entries[spec] = entries[spec] with { Drifted = entries[spec].Failure is null };
        return new(engine.Identity(job.Settings), job.Space, entries.Values, time.GetUtcNow(), environment);
    }

    /// <summary>A mid-sized operator that every space has: the convolution on the 1/16 map at full width.</summary>
    public static OperatorSpec SentinelOf(SearchSpace space)
    {
        int channels = space.Channels(16, space.FullRatio);
        return new(OperatorKind.Conv, space.Height / 16, space.Width / 16, channels, channels);
    }

    private static OperatorSpec[] Touched(IReadOnlyList<OperatorSpec> order, Sentinel sentinel, double reference) =>
        [.. sentinel.Touched(reference).Select(position => order[position])];

    /// <summary>Measures operators in an order, into the entries, with the sentinel before, between and after.</summary>
    private async Task<Sentinel> PassAsync(TableJob job, int pass, IReadOnlyList<OperatorSpec> order,
        Dictionary<OperatorSpec, LatencyEntry> entries, CancellationToken cancellation)
    {
        var sentinel = new Sentinel(job.Settings.RelativeHalfWidth);
        foreach (SentinelReading reading in job.Log.Readings(pass)) sentinel.Add(reading.Position, reading.MedianMs);
        Dictionary<OperatorSpec, LatencyEntry> known = job.Log.Entries(pass).ToDictionary(entry => entry.Spec);
        int first = order.TakeWhile(known.ContainsKey).Count();
        int before = entries.Count - order.Count(entries.ContainsKey);
        foreach (OperatorSpec spec in order.Where(known.ContainsKey)) entries[spec] = known[spec];
        if (first > 0) logger.LogInformation("Job {Job} goes on behind {Count} of {Total} measurements", job.Id, first, order.Count);
        if (pass == 0) job.Report(new(before + first, before + order.Count, SecondsLeft: 0));

        long start = time.GetTimestamp();
        for (int i = first; i < order.Count; i++)
        {
            // Where a pass goes on after an interruption, the device is looked at again.
            if (sentinel.IsDue(i, order.Count) || i == first) await ReadSentinelAsync(sentinel, job, pass, i, cancellation);
            LatencyEntry entry = await MeasureAsync(job, order[i], cancellation);
            job.Log.Add(pass, entry);
            entries[order[i]] = entry;
            double secondsEach = time.GetElapsedTime(start).TotalSeconds / (i - first + 1);
            job.Report(new(before + i + 1, before + order.Count, secondsEach * (order.Count - i - 1), entry));
        }
        if (sentinel.Readings is not [.., { Position: var last }] || last != order.Count) await ReadSentinelAsync(sentinel, job, pass, order.Count, cancellation);
        return sentinel;
    }

    /// <summary>Gives whatever disturbs the device some time to pass.</summary>
    private async Task AwaitQuietAsync(TableJob job, Sentinel sentinel, double reference, CancellationToken cancellation)
    {
        foreach (TimeSpan wait in QuietWaits)
        {
            LatencyEntry reading = await MeasureAsync(job, SentinelOf(job.Space), cancellation);
            if (reading.Failure is not null || !sentinel.IsOff(reading.MedianMs, reference)) return;
            await Task.Delay(wait, time, cancellation);
        }
    }

    private async Task ReadSentinelAsync(Sentinel sentinel, TableJob job, int pass, int position, CancellationToken cancellation)
    {
        LatencyEntry reading = await MeasureAsync(job, SentinelOf(job.Space), cancellation);
        if (reading.Failure is not null) return;
        sentinel.Add(position, reading.MedianMs);
        job.Log.Add(pass, new SentinelReading(position, reading.MedianMs));
    }

    // While the device is lost, the job waits here.
    private Task<LatencyEntry> MeasureAsync(TableJob job, OperatorSpec spec, CancellationToken cancellation) =>
        device.RunPatientlyAsync(job.Client, token => measurer.Measure(spec, job.Settings, token), cancellation);
}
