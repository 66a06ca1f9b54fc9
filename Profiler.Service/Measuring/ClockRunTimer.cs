namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Times a run by the monotonic clock of a <see cref="TimeProvider"/>; the system's one is <c>Stopwatch.GetTimestamp</c>. A
/// run during which this thread did not have the processor all the time is disturbed.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="processorMs">Time that this thread has had the processor, ms; null where nobody knows.</param>
public sealed class ClockRunTimer(TimeProvider time, Func<double>? processorMs = null) : IRunTimer
{
    /// <summary>A run that lost more of its time than this share (and <see cref="TolerableLossMs"/>) is disturbed.</summary>
    public const double TolerableShare = 0.02;

    /// <summary>The two clocks are not read at the same moment; an interrupt of this length, ms, is part of any run.</summary>
    public const double TolerableLossMs = 0.02;

    private readonly double msPerTick = 1000.0 / time.TimestampFrequency;

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        double before = processorMs?.Invoke() ?? 0;
        long start = time.GetTimestamp();
        workload.Run();
        double ms = (time.GetTimestamp() - start) * msPerTick;
        if (processorMs is null)
            return new(ms, Disturbed: false);
        double lost = ms - (processorMs() - before);
        return new(ms, lost > TolerableLossMs && lost > TolerableShare * ms);
    }
}
