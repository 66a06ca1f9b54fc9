namespace FasterSeg.Latency.Tables;

/// <summary>The latency of a whole ONNX network; each of its runs is one of a whole batch.</summary>
/// <param name="MedianMs">The latency: the median of single runs, each of a whole batch, ms.</param>
/// <param name="Spread">How the samples were distributed.</param>
/// <param name="Noisy">The time cap was reached before the confidence interval was narrow enough.</param>
/// <param name="Placement">Nodes of the optimized graph on each execution provider, from a profiled run.</param>
/// <param name="BuildMs">Time to create the session, apart from the latency, ms.</param>
/// <param name="Identity">What the number is comparable with.</param>
public sealed record ModelMeasurement(
    double MedianMs,
    LatencySpread Spread,
    bool Noisy,
    Placement Placement,
    double BuildMs,
    TableIdentity Identity
) : MeasuredLatency(MedianMs, Spread, Noisy)
{
    /// <summary>Frames a second at the median, all of a batch counted.</summary>
    public double FramesPerSecond => Identity.FramesPerSecond(MedianMs);
}
