using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>
/// Flags runs as disturbed while their device is throttled: slowed down by heat or power, or with its multiprocessors' clock under
/// <see cref="LowestClockShare"/> of the highest one seen so far. Looking costs more than a short run, so a look counts for all runs
/// until the next one is due.
/// </summary>
/// <param name="timer">Times the runs.</param>
/// <param name="monitor">Looks at the device.</param>
/// <param name="time">The clock.</param>
public sealed class MonitoredRunTimer(IRunTimer timer, IDeviceMonitor monitor, TimeProvider time) : IRunTimer
{
    /// <summary>A clock below this share of the highest one seen is throttled.</summary>
    public const double LowestClockShare = 0.75;

    /// <summary>Time between two looks at the device.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private long? lastLook;
    private int highestMhz;
    private bool throttled;

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        RunTime run = timer.Time(workload);
        // Right after a run the clock is still that of the run.
        if (lastLook is not { } last || time.GetElapsedTime(last) >= Interval)
            Look();
        return run with { Disturbed = run.Disturbed || throttled };
    }

    private void Look()
    {
        GpuReading reading = monitor.Read();
        lastLook = time.GetTimestamp();
        highestMhz = Math.Max(highestMhz, reading.SmMhz ?? 0);
        throttled = reading.IsSlowedDown || reading.SmMhz < LowestClockShare * highestMhz;
    }
}
