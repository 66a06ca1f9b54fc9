namespace FasterSeg.Latency.Tables;

/// <summary>A latency as it was measured, of an operator or of a whole network.</summary>
/// <param name="MedianMs">The latency: the median of single runs, ms.</param>
/// <param name="Spread">How the samples were distributed.</param>
/// <param name="Noisy">The time cap was reached before the confidence interval was narrow enough.</param>
public record MeasuredLatency(double MedianMs, LatencySpread Spread, bool Noisy = false);
