namespace FasterSeg.Search.Runs;

/// <summary>The latency of a whole network as a profiler measured it, and as a run's files keep it.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Provider">Execution provider.</param>
/// <param name="MedianMs">Median of single runs, ms.</param>
/// <param name="FramesPerSecond">Images a second at the median.</param>
/// <param name="Difference">Why it cannot be compared with the table of its run, where that was found; else null.</param>
public sealed record KeptLatency(string Device, string Provider, double MedianMs, double FramesPerSecond, string? Difference = null);
