namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Times a run by the monotonic clock of a <see cref="TimeProvider"/>; the system's one is <c>Stopwatch.GetTimestamp</c>.</summary>
public sealed class ClockRunTimer(TimeProvider time) : IRunTimer
{
    private readonly double msPerTick = 1000.0 / time.TimestampFrequency;

    /// <inheritdoc/>
    public double TimeMs(IWorkload workload)
    {
        long start = time.GetTimestamp();
        workload.Run();
        return (time.GetTimestamp() - start) * msPerTick;
    }
}
