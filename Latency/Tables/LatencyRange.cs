namespace FasterSeg.Latency.Tables;

/// <summary>How far latencies spread, in ms.</summary>
/// <param name="MinMs">The smallest.</param>
/// <param name="MedianMs">The middle one; of an even number, the mean of the middle two.</param>
/// <param name="MaxMs">The largest.</param>
public sealed record LatencyRange(double MinMs, double MedianMs, double MaxMs)
{
    /// <summary>The range of some latencies; null where there are none.</summary>
    public static LatencyRange? Of(IEnumerable<double> latencies)
    {
        double[] sorted = [.. latencies.Order()];
        return sorted.Length == 0 ? null : new(sorted[0], (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[^1]);
    }
}
