namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>How fast the machine is right now, apart from any operator; null where this platform or device does not tell.</summary>
/// <param name="MemoryMs">Time to read a fixed piece of memory that no cache holds, ms.</param>
/// <param name="ArithmeticMs">Time of a fixed piece of arithmetic without memory (<see cref="CorePace"/>), ms.</param>
/// <param name="Busy">Share of all processors that others used meanwhile, 0 to 1.</param>
public sealed record HostPace(double? MemoryMs = null, double? ArithmeticMs = null, double? Busy = null)
{
    /// <summary>Nothing is known.</summary>
    public static HostPace Unknown { get; } = new();
}
