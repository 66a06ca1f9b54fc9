using FasterSeg.Operators.Spaces;

namespace FasterSeg.Operators.Tables;

/// <summary>An operator in two tables.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="First">Its entry in the first table.</param>
/// <param name="Second">Its entry in the second one.</param>
public sealed record ComparedEntry(OperatorSpec Spec, LatencyEntry First, LatencyEntry Second)
{
    /// <summary>Latency in the second table over that in the first.</summary>
    public double Ratio => Second.MedianMs / First.MedianMs;

    /// <summary>Whether the two 95 % confidence intervals have a point in common; null where an entry has none.</summary>
    public bool? IntervalsMeet => First.Spread is { } a && Second.Spread is { } b
        ? a.ConfidenceLowMs <= b.ConfidenceHighMs && b.ConfidenceLowMs <= a.ConfidenceHighMs
        : null;
}
