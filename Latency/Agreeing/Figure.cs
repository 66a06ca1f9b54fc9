namespace FasterSeg.Latency.Agreeing;

/// <summary>A figure of a sample with its 95 % confidence interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record Figure(double Value, double Low, double High);
