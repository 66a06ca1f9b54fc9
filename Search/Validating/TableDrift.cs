using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Search.Validating;

/// <summary>
/// Tells a device that is not as it was when its table was measured from a table whose sums are off: a seeded sample of the table's
/// operators is measured again between the networks.
/// </summary>
public static class TableDrift
{
    /// <summary>Operators of a sample.</summary>
    public const int SampleSize = 12;

    /// <summary>Networks measured between two samples.</summary>
    public const int Interval = 10;

    // Apart from the sequences that draw networks and orders.
    private const int Sequence = 3000;

    /// <summary>The sample: measured operators of the table, from the seed alone; fewer where it has fewer.</summary>
    public static IReadOnlyList<OperatorSpec> Sample(LatencyTable table, int seed)
    {
        OperatorSpec[] measured =
        [
            .. table
                .Entries.Where(entry => entry is { Origin: EntryOrigin.Measured, Failure: null, Noisy: false, Drifted: false })
                .Select(entry => entry.Spec),
        ];
        return [.. new StableRandom(seed, Sequence).Permutation(measured.Length).Take(SampleSize).Select(i => measured[i])];
    }

    /// <summary>Has a table's sample measured now.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seed">Chooses the sample.</param>
    /// <param name="measuring">How; as the table was, for the two to be comparable.</param>
    /// <param name="profiler">On the table's device.</param>
    /// <param name="done">Measurements of networks so far.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <returns>Null where the table has no sample, or none of it could be measured.</returns>
    public static async Task<DriftReading?> LookAsync(
        LatencyTable table,
        int seed,
        MeasuringOptions measuring,
        ProfilerConnection profiler,
        int done,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<OperatorSpec> sample = Sample(table, seed);
        return sample.Count == 0
            ? null
            : Reading(table, (await profiler.MeasureOperatorsAsync(sample, measuring, seed, progress: null, cancellation)).Entries, done);
    }

    /// <summary>Why <see cref="LookAsync"/> said nothing of a table, as a whole sentence.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seed">Chose the sample.</param>
    public static string WhyNone(LatencyTable table, int seed) =>
        Sample(table, seed).Count == 0
            ? "No drift is known: every measured entry of the table is noisy or drifted, so none of them can be measured again to compare. "
                + "Profile on a device that does nothing else."
            : "No drift is known: none of the table's operators could be measured again.";

    /// <summary>What a sample says; null where none of it could be measured.</summary>
    /// <param name="table">The table; its entries as they were measured.</param>
    /// <param name="now">The sample, measured now.</param>
    /// <param name="done">Measurements of networks so far.</param>
    public static DriftReading? Reading(LatencyTable table, IReadOnlyList<LatencyEntry> now, int done)
    {
        double[] ratios = [.. now.Where(entry => entry.Failure is null).Select(entry => entry.MedianMs / table.Find(entry.Spec)!.MedianMs)];
        return ratios.Length == 0 ? null : new(done, ratios.Median(), ratios.Length);
    }

    /// <summary>The ratio at a moment, between the readings around it in proportion; 1 where there is none.</summary>
    /// <param name="readings">By ascending <see cref="DriftReading.Done"/>.</param>
    /// <param name="done">Measurements of networks before the moment.</param>
    public static double At(IReadOnlyList<DriftReading> readings, double done)
    {
        if (readings.Count == 0)
            return 1;
        int next = readings.TakeWhile(reading => reading.Done <= done).Count();
        if (next == 0)
            return readings[0].Ratio;
        if (next == readings.Count)
            return readings[^1].Ratio;
        (DriftReading before, DriftReading after) = (readings[next - 1], readings[next]);
        return before.Ratio + ((after.Ratio - before.Ratio) * (done - before.Done) / (after.Done - before.Done));
    }
}
