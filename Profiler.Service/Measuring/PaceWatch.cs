namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Tells from readings of a core's pace whether it has the core to itself. The reference is the fastest reading so far. While no reading
/// comes near it, it gives way by <see cref="YieldPerSecond"/>: a clock that has been lowered for good is not contention.
/// </summary>
public sealed class PaceWatch
{
    /// <summary>A core that is slower than the reference by more than this share is contended: clocks vary by half of that, a neighbour
    /// costs twice as much.</summary>
    public const double Tolerance = 0.25;

    /// <summary>By which share a second the reference grows while every reading is contended.</summary>
    public const double YieldPerSecond = 0.005;

    private double referenceMs = double.PositiveInfinity;
    private double? lastSeconds;

    /// <summary>Looks at a reading.</summary>
    /// <param name="paceMs">The reading, ms.</param>
    /// <param name="atSeconds">When it was taken, on any clock that does not go back.</param>
    /// <returns>Whether the core is contended.</returns>
    public bool IsContended(double paceMs, double atSeconds)
    {
        if (paceMs <= referenceMs * (1 + Tolerance))
        {
            referenceMs = Math.Min(referenceMs, paceMs);
            lastSeconds = null;
            return false;
        }
        if (lastSeconds is { } last)
            referenceMs *= Math.Pow(1 + YieldPerSecond, Math.Max(0, atSeconds - last));
        lastSeconds = atSeconds;
        return true;
    }
}
