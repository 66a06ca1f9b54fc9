namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Runs a workload until its time no longer falls: caches filled, memory arena grown, clock raised. Steady is the first
/// window of runs whose fastest one is not clearly faster than the fastest of all before it.
/// </summary>
public sealed class WarmupStage(IRunTimer timer, TimeProvider time, double maximumSeconds)
{
    /// <summary>Runs of one window.</summary>
    public const int WindowRuns = 3;

    /// <summary>A window that is faster by less than this share counts as no faster.</summary>
    public const double Tolerance = 0.02;

    /// <summary>Warms up; at least one run, and no further one after the time cap.</summary>
    public WarmupResult Run(IWorkload workload, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        double fastest = double.PositiveInfinity,
            waitedMs = 0;
        int runs = 0;
        while (true)
        {
            double before = fastest;
            for (int i = 0; i < WindowRuns; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                workload.Prepare();
                RunTime run = timer.Time(workload);
                fastest = Math.Min(fastest, run.Ms);
                waitedMs += run.WaitedMs;
                runs++;
                if (time.GetElapsedTime(start).TotalSeconds - (waitedMs / 1000) >= maximumSeconds)
                    return new(runs, fastest, Steady: false);
            }
            if (fastest >= before * (1 - Tolerance))
                return new(runs, fastest, Steady: true);
        }
    }
}
