namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Times a run by the device's own events. A run without one before it would find the device idle, and its time would be that of the
/// host filling the queue; so an untimed run goes ahead, during which the timed one is queued.
/// </summary>
/// <param name="events">The events, on the queue that the workload runs on. The workload must return without waiting for the
/// device.</param>
public sealed class EventRunTimer(IDeviceEvents events) : IRunTimer
{
    /// <summary>Events are this fine, ms: nothing takes less.</summary>
    public const double ResolutionMs = 0.0005;

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        workload.Run();
        events.Start();
        workload.Run();
        events.Stop();
        double ms = events.AwaitMs();
        if (!double.IsFinite(ms) || ms < 0)
            throw new InvalidOperationException(
                FormattableString.Invariant($"The device timed a run with {ms} ms: its driver is not to be trusted.")
            );
        return new(Math.Max(ms, ResolutionMs), Disturbed: false);
    }
}
