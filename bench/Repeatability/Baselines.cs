using System.Diagnostics;
using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Bench.Repeatability;

/// <summary>How others time an operator, on a session of ours: the number of each is a mean, ms.</summary>
internal static class Baselines
{
    /// <summary>nn-Meter: 10 warm-up runs, then the mean of 50.</summary>
    public static double Fixed(IModelSession session, int runs)
    {
        for (int i = 0; i < 10; i++)
            session.Run();
        return Timed(session, runs) / runs;
    }

    /// <summary>
    /// FasterSeg's released code: 10 warm-up runs; twice as many runs, from one on, until they take more than a second; then as many as
    /// take six seconds at that rate, and their mean.
    /// </summary>
    public static double Released(IModelSession session, double pilotSeconds, double seconds)
    {
        for (int i = 0; i < 10; i++)
            session.Run();
        int runs = 1;
        double elapsed;
        while ((elapsed = Timed(session, runs)) < pilotSeconds * 1000)
            runs *= 2;
        int enough = Math.Max(1, (int)(runs / elapsed * seconds * 1000));
        return Timed(session, enough) / enough;
    }

    private static double Timed(IModelSession session, int runs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
            session.Run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
