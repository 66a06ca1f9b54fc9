using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures every operator of a space, interleaved in a seeded random order, with a sentinel in between.</summary>
public sealed class TableBuilder(
    IEngine engine, DeviceWorker device, OperatorMeasurer measurer, TimeProvider time, ILogger<TableBuilder> logger)
{
    /// <summary>Measures the job's table and reports each entry to the job.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<LatencyTable> BuildAsync(TableJob job, CancellationToken cancellation)
    {
        // The upsampling of the logits is measured too: with it a table serves networks with and without it.
        ILookup<bool, OperatorSpec> specs = job.Space.Operators(full: true).ToLookup(spec => spec.IsZeroByDefinition);
        List<LatencyEntry> entries = [.. specs[true].Select(OperatorMeasurer.Defined)];
        IReadOnlyList<OperatorSpec> order = SeededOrder.Shuffle([.. specs[false]], job.Settings.Seed);
        int total = entries.Count + order.Count;
        job.Report(new(entries.Count, total, SecondsLeft: 0));

        var sentinel = new Sentinel();
        long start = time.GetTimestamp();
        for (int i = 0; i < order.Count; i++)
        {
            await ReadSentinelAsync(sentinel, job, i, order.Count, cancellation);
            LatencyEntry entry = await MeasureAsync(order[i], job.Settings, cancellation);
            entries.Add(entry);
            double secondsEach = time.GetElapsedTime(start).TotalSeconds / (i + 1);
            job.Report(new(entries.Count, total, secondsEach * (order.Count - i - 1), entry));
        }
        await ReadSentinelAsync(sentinel, job, order.Count, order.Count, cancellation);
        LogDrift(sentinel, job);
        return new(engine.Identity(job.Settings), job.Space, entries, time.GetUtcNow());
    }

    /// <summary>A mid-sized operator that every space has: the convolution on the 1/16 map at full width.</summary>
    public static OperatorSpec SentinelOf(SearchSpace space)
    {
        int channels = space.Channels(16, space.FullRatio);
        return new(OperatorKind.Conv, space.Height / 16, space.Width / 16, channels, channels);
    }

    private async Task ReadSentinelAsync(Sentinel sentinel, TableJob job, int position, int count, CancellationToken cancellation)
    {
        if (!sentinel.IsDue(position, count)) return;
        LatencyEntry reading = await MeasureAsync(SentinelOf(job.Space), job.Settings, cancellation);
        if (reading.Failure is null) sentinel.Add(position, reading.MedianMs);
    }

    private Task<LatencyEntry> MeasureAsync(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation) =>
        device.RunAsync(token => measurer.Measure(spec, settings, token), cancellation);

    private void LogDrift(Sentinel sentinel, TableJob job)
    {
        LogLevel level = sentinel.Drift > Sentinel.TolerableDrift ? LogLevel.Warning : LogLevel.Information;
        logger.Log(level, "Job {Job}: the sentinel {Operator} drifted by {Drift:P1} over {Count} readings",
            job.Id, SentinelOf(job.Space), sentinel.Drift, sentinel.Readings.Count);
    }
}
