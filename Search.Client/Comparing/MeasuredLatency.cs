namespace FasterSeg.Search.Client.Comparing;

/// <summary>The latency of a whole network as a profiler measured it.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Provider">Execution provider.</param>
/// <param name="MedianMs">Median of single runs, ms.</param>
public sealed record MeasuredLatency(string Device, string Provider, double MedianMs);
