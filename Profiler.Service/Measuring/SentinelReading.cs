namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One reading of the sentinel, and of the machine beside it.</summary>
/// <param name="Position">How many operators had been measured before it.</param>
/// <param name="MedianMs">Its median, ms.</param>
/// <param name="Host">What the machine was like.</param>
public sealed record SentinelReading(int Position, double MedianMs, HostPace Host)
{
    /// <summary>A reading of the sentinel alone.</summary>
    public SentinelReading(int position, double medianMs)
        : this(position, medianMs, HostPace.Unknown) { }
}
