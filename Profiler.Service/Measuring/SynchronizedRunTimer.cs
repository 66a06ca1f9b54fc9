namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Times a run on a device by the monotonic clock, from an idle device to an idle device. The time of the host's calls is in it.
/// </summary>
/// <param name="synchronize">Waits until the device is idle.</param>
/// <param name="time">The clock.</param>
public sealed class SynchronizedRunTimer(Action synchronize, TimeProvider time) : IRunTimer
{
    private readonly double msPerTick = 1000.0 / time.TimestampFrequency;

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        synchronize();
        long start = time.GetTimestamp();
        workload.Run();
        synchronize();
        return new((time.GetTimestamp() - start) * msPerTick, Disturbed: false);
    }
}
