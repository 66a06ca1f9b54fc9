using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>An operator in two tables.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="First">Its entry in the first table.</param>
/// <param name="Second">Its entry in the second one.</param>
public sealed record ComparedEntry(OperatorSpec Spec, LatencyEntry First, LatencyEntry Second)
{
    /// <summary>Latency in the second table over that in the first.</summary>
    public double Ratio => Second.MedianMs / First.MedianMs;

    /// <summary>Whether the two 95 % confidence intervals have a point in common; null where an entry has none.</summary>
    public bool? IntervalsMeet =>
        First.Spread is { } a && Second.Spread is { } b
            ? a.ConfidenceLowMs <= b.ConfidenceHighMs && b.ConfidenceLowMs <= a.ConfidenceHighMs
            : null;

    /// <summary>
    /// Whether the difference is within its own 95 % interval, whose half-width is the root of the sum of both half-widths' squares; null
    /// where an entry has none.
    /// </summary>
    public bool? IsWithinIntervals => First.Spread is not null && Second.Spread is not null ? !AreApart(First, Second) : null;

    /// <summary>Whether two latencies differ by more than the difference's 95 % interval.</summary>
    internal static bool AreApart(LatencyEntry one, LatencyEntry other) =>
        Math.Abs(one.MedianMs - other.MedianMs) > Math.Sqrt((one.HalfWidthMs * one.HalfWidthMs) + (other.HalfWidthMs * other.HalfWidthMs));
}
