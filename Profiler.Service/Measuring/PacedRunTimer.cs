namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Times runs while the core is not contended: waits, as long as its patience lasts, until it has the core to itself, and flags a run as disturbed that it does not
/// have it for at both ends. docs/decisions/0012 has what that changes.
/// </summary>
/// <param name="timer">Times the runs.</param>
/// <param name="paceMs">Reads the core's pace, ms.</param>
/// <param name="pause">Gives up the processor for about so long.</param>
/// <param name="time">The clock.</param>
public sealed class PacedRunTimer(IRunTimer timer, Func<double> paceMs, Action<TimeSpan> pause, TimeProvider time) : IRunTimer
{
    /// <summary>What is waited at most before the first run, seconds.</summary>
    public const double FirstPatienceSeconds = 1;

    /// <summary>What is waited at most at a time, seconds.</summary>
    public const double MostPatienceSeconds = 10;

    /// <summary>Each second of runs allows so many of waiting: a device that is always contended is measured all the same, in at most so many times longer.</summary>
    public const double PatienceShare = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly PaceWatch watch = new();
    private double patienceSeconds = FirstPatienceSeconds;

    /// <summary>False where the workload itself may keep the core's other hardware thread busy, so that its pace tells nothing of others.</summary>
    public bool IsWatching { get; set; } = true;

    /// <inheritdoc/>
    public RunTime Time(IWorkload workload)
    {
        if (!IsWatching) return timer.Time(workload);
        double waitedMs = Await(workload);
        RunTime run = timer.Time(workload);
        patienceSeconds = Math.Min(MostPatienceSeconds, patienceSeconds + (PatienceShare * run.Ms / 1000));
        return new(run.Ms, run.Disturbed || IsContended(), waitedMs);
    }

    /// <summary>Waits until the core is not contended or patience ends, and makes the workload warm again.</summary>
    /// <returns>What it took, ms.</returns>
    private double Await(IWorkload workload)
    {
        long start = time.GetTimestamp();
        if (!IsContended()) return 0;
        double Seconds() => time.GetElapsedTime(start).TotalSeconds;
        while (Seconds() < patienceSeconds)
        {
            pause(Pause);
            // The first piece of work after a pause finds a core that has just woken up.
            _ = paceMs();
            if (!IsContended()) break;
        }
        workload.Run();
        workload.Prepare();
        patienceSeconds = Math.Max(0, patienceSeconds - Seconds());
        return Seconds() * 1000;
    }

    private bool IsContended() => watch.IsContended(paceMs(), time.GetTimestamp() / (double)time.TimestampFrequency);
}
