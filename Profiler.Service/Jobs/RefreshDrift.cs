using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>How far a device has drifted from its table, by operators that were measured again.</summary>
/// <param name="MedianRatio">Median of the new latencies over the old ones.</param>
/// <param name="OutsideInterval">Share of the new latencies outside of the old 95 % confidence intervals, 0 to 1.</param>
public readonly record struct RefreshDrift(double MedianRatio, double OutsideInterval)
{
    /// <summary>Of operators before and now; those without a latency in either say nothing of it.</summary>
    public static RefreshDrift Of(IEnumerable<ComparedEntry> pairs)
    {
        ComparedEntry[] comparable = [.. pairs.Where(pair => pair.First.Failure is null && pair.Second.Failure is null)];
        return new(
            // Where there were holes alone, nothing is known of a drift.
            comparable.Select(pair => pair.Ratio).DefaultIfEmpty(1).Median(),
            comparable.Select(pair => IsOutside(pair) ? 1.0 : 0).DefaultIfEmpty(0).Average()
        );
    }

    private static bool IsOutside(ComparedEntry pair) =>
        pair.First.Spread is { } spread
        && (pair.Second.MedianMs < spread.ConfidenceLowMs || pair.Second.MedianMs > spread.ConfidenceHighMs);
}
