namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One reading of the sentinel.</summary>
/// <param name="Position">How many operators had been measured before it.</param>
/// <param name="MedianMs">Its median, ms.</param>
public sealed record SentinelReading(int Position, double MedianMs);
