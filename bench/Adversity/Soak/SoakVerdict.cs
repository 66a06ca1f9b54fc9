using System.Globalization;
using FasterSeg.Bench.Adversity.Statistics;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>Whether memory and handles stayed flat over the last three quarters: the first one fills caches and pools.</summary>
internal static class SoakVerdict
{
    // A rise that is beyond doubt and too small to matter: a hundredth an hour, or less than one handle.
    private const double SmallShare = 0.01,
        SmallNumber = 1;

    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(20);

    /// <summary>A line for each figure.</summary>
    /// <param name="readings">All readings.</param>
    /// <param name="flat">False where one of them rises.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<SoakReading> readings, out bool flat)
    {
        SoakReading[] late = [.. readings.Where(reading => reading.Seconds >= readings[^1].Seconds / 4)];
        bool all = true;
        List<string> lines =
        [
            Line("service, resident MiB", late, reading => reading.ServiceMiB),
            Line("service, managed heap MiB", late, reading => reading.HeapMiB),
            Line("service, handles", late, reading => reading.Handles),
            Line("service, threads", late, reading => reading.Threads),
            Line("worker, resident MiB", late, reading => reading.WorkerMiB),
            Line("worker, handles", late, reading => reading.WorkerHandles),
            Line("worker, threads", late, reading => reading.WorkerThreads),
            WithinLives(late),
        ];
        flat = all;
        return lines;

        string Line(string name, IReadOnlyList<SoakReading> chosen, Func<SoakReading, double> value)
        {
            SoakReading[] known = [.. chosen.Where(reading => double.IsFinite(value(reading)))];
            if (known.Length == 0)
                return $"{name}: not known";
            double[] values = [.. known.Select(value)];
            LinearTrend trend = LinearTrend.Of([.. known.Select(reading => reading.Seconds / 3600)], values);
            bool rises =
                trend.Rises
                && trend.Slope > Math.Max(SmallShare * values.Average(), values.All(each => each == Math.Floor(each)) ? SmallNumber : 0);
            all &= !rises;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {values.Min():0.#} to {values.Max():0.#}, mean {values.Average():0.#}, {trend.Slope:+0.00;-0.00} +- "
                    + $"{trend.HalfWidth:0.00} an hour{(rises ? "  RISES" : "")}"
            );
        }
    }

    /// <summary>
    /// How a worker's memory grows while it lives. Workers are replaced again and again here, which would hide it: each life is compared
    /// with its own mean.
    /// </summary>
    private static string WithinLives(IReadOnlyList<SoakReading> late)
    {
        var lives = late.Where(reading => reading.Worker != 0 && double.IsFinite(reading.WorkerMiB))
            .GroupBy(reading => reading.Worker)
            .Select(life => life.Where(reading => reading.Seconds >= life.First().Seconds + Youth.TotalSeconds).ToArray())
            .Where(life => life.Length >= 3)
            .ToArray();
        if (lives.Length == 0)
            return "worker, resident MiB within a life: no worker lived long enough";
        double covariance = 0,
            variance = 0;
        foreach (SoakReading[] life in lives)
        {
            double x = life.Average(reading => reading.Seconds),
                y = life.Average(reading => reading.WorkerMiB);
            covariance += life.Sum(reading => (reading.Seconds - x) * (reading.WorkerMiB - y));
            variance += life.Sum(reading => (reading.Seconds - x) * (reading.Seconds - x));
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"worker, resident MiB within a life: {covariance / variance * 3600:+0.00;-0.00} an hour, over {lives.Length} lives "
                + $"of up to {lives.Max(life => life[^1].Seconds - life[0].Seconds) + Youth.TotalSeconds:0} s"
        );
    }
}
