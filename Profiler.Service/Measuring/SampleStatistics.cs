using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>What samples say, all in ms but the counts. Outliers are counted, and nothing is dropped for being one.</summary>
/// <param name="Median">The median with its 95 % confidence interval.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The sample standard deviation, 0 for a single sample.</param>
/// <param name="P05">5 % quantile (median-unbiased, Hyndman and Fan's type 8).</param>
/// <param name="P25">25 % quantile.</param>
/// <param name="P75">75 % quantile.</param>
/// <param name="P95">95 % quantile.</param>
/// <param name="Count">Number of samples.</param>
/// <param name="Outliers">Samples beyond Tukey's fences, 1.5 interquartile ranges outside of the quartiles.</param>
/// <param name="Sessions">Sessions that the samples come from.</param>
public sealed record SampleStatistics(
    MedianInterval Median,
    double Mean,
    double StandardDeviation,
    double P05,
    double P25,
    double P75,
    double P95,
    int Count,
    int Outliers,
    int Sessions = 1
)
{
    /// <summary>The statistics of samples in any order.</summary>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static SampleStatistics Of(ReadOnlySpan<double> samplesMs)
    {
        double[] sorted = samplesMs.ToArray();
        Array.Sort(sorted);
        var statistics = new SampleStatistics(
            MedianInterval.OfSorted(sorted),
            ArrayStatistics.Mean(sorted),
            sorted.Length > 1 ? ArrayStatistics.StandardDeviation(sorted) : 0,
            SortedArrayStatistics.Quantile(sorted, 0.05),
            SortedArrayStatistics.Quantile(sorted, 0.25),
            SortedArrayStatistics.Quantile(sorted, 0.75),
            SortedArrayStatistics.Quantile(sorted, 0.95),
            sorted.Length,
            Outliers: 0
        );
        return statistics with { Outliers = sorted.Count(statistics.IsOutlier) };
    }

    /// <summary>Whether a sample lies beyond Tukey's fences.</summary>
    public bool IsOutlier(double sampleMs)
    {
        double fence = 1.5 * (P75 - P25);
        return sampleMs < P25 - fence || sampleMs > P75 + fence;
    }
}
