using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>What samples say. Outliers are counted, and nothing is dropped for being one.</summary>
public static class SampleStatistics
{
    /// <summary>The latency of samples in any order; its quantiles are median-unbiased (Hyndman and Fan's type 8).</summary>
    /// <param name="samplesMs">The samples of one session, ms.</param>
    /// <param name="disturbed">Further ones that were set aside.</param>
    /// <param name="noisy">The time cap came before they were sure.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static MeasuredLatency Of(ReadOnlySpan<double> samplesMs, int disturbed = 0, bool noisy = false)
    {
        double[] sorted = samplesMs.ToArray();
        Array.Sort(sorted);
        var median = MedianInterval.OfSorted(sorted);
        var spread = new LatencySpread(
            ArrayStatistics.Mean(sorted),
            sorted.Length > 1 ? ArrayStatistics.StandardDeviation(sorted) : 0,
            median.Low,
            median.High,
            SortedArrayStatistics.Quantile(sorted, 0.05),
            SortedArrayStatistics.Quantile(sorted, 0.25),
            SortedArrayStatistics.Quantile(sorted, 0.75),
            SortedArrayStatistics.Quantile(sorted, 0.95),
            sorted.Length,
            Disturbed: disturbed
        );
        return new(median.Median, spread with { Outliers = Outliers(sorted, spread) }, noisy);
    }

    /// <summary>How many samples, ms, lie beyond the Tukey fences of a distribution.</summary>
    public static int Outliers(IEnumerable<double> samplesMs, LatencySpread spread)
    {
        double fence = 1.5 * (spread.P75Ms - spread.P25Ms);
        return samplesMs.Count(sample => sample < spread.P25Ms - fence || sample > spread.P75Ms + fence);
    }
}
