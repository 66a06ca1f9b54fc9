namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Times runs while the core is not contended: waits, as long as its patience lasts, until it has the core to itself, and flags a run as
/// disturbed that it does not have it for at both ends. docs/decisions/0012 has what that changes.
/// </summary>
/// <param name="timer">Times the runs.</param>
/// <param name="paceMs">Reads the core's pace, ms.</param>
/// <param name="pause">Gives up the processor for about so long.</param>
/// <param name="time">The clock.</param>
public sealed class PacedRunTimer(IRunTimer timer, Func<double> paceMs, Action<TimeSpan> pause, TimeProvider time) : IRunTimer
{
    /// <summary>A session may wait so many times as long as its sampling may take: a device that is always contended is measured all the
    /// same.</summary>
    public const double PatienceShare = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly PaceWatch watch = new();
    private bool isWatching;
    private double patienceSeconds;

    /// <summary>A session begins.</summary>
    /// <param name="settings">How long it may take.</param>
    /// <param name="isWatching">False where the workload itself may keep the core's other hardware thread busy, so that its pace tells
    /// nothing of others.</param>
    public void Begin(MeasurementSettings settings, bool isWatching) =>
        (this.isWatching, patienceSeconds) = (isWatching, PatienceShare * settings.SessionSeconds);

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        if (!isWatching)
            return timer.Time(workload);
        double waitedMs = Await(workload);
        RunTime run = timer.Time(workload);
        return new(run.Ms, run.Disturbed || IsContended(), waitedMs);
    }

    /// <summary>Waits until the core is not contended or patience ends, and makes the workload warm again.</summary>
    /// <returns>What it took, ms.</returns>
    private double Await(IWorkload workload)
    {
        if (patienceSeconds <= 0 || !IsContended())
            return 0;
        long start = time.GetTimestamp();
        double Seconds() => time.GetElapsedTime(start).TotalSeconds;
        do
        {
            pause(Pause);
            // The first piece of work after a pause finds a core that has just woken up.
            _ = paceMs();
        } while (IsContended() && Seconds() < patienceSeconds);
        workload.Run();
        workload.Prepare();
        patienceSeconds -= Seconds();
        return Seconds() * 1000;
    }

    private bool IsContended() => watch.IsContended(paceMs(), time.GetTimestamp() / (double)time.TimestampFrequency);
}
