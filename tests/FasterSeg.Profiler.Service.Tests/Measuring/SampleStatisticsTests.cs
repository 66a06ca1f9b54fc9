using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SampleStatisticsTests
{
    [Fact]
    public void Known_values()
    {
        // 1..20 in disorder. Type 8: position (n + 1/3) p + 1/3 = 1.35 at 5 %, 5.41667 at 25 %.
        double[] samples = [.. Enumerable.Range(1, 20).Select(i => (double)((i * 7 % 20) + 1))];
        SampleStatistics statistics = SampleStatistics.Of(samples);
        Assert.Equal(new MedianInterval(10.5, 6, 15), statistics.Median);
        Assert.Equal(10.5, statistics.Mean, 12);
        Assert.Equal(Math.Sqrt(35), statistics.StandardDeviation, 12);
        Assert.Equal(1.35, statistics.P05, 9);
        Assert.Equal(5 + (5.0 / 12), statistics.P25, 9);
        Assert.Equal(15 + (7.0 / 12), statistics.P75, 9);
        Assert.Equal(19.65, statistics.P95, 9);
        Assert.Equal(20, statistics.Count);
    }

    [Fact]
    public void A_single_sample_has_no_spread()
    {
        SampleStatistics statistics = SampleStatistics.Of([2.5]);
        Assert.Equal(new SampleStatistics(new MedianInterval(2.5, 2.5, 2.5), 2.5, 0, 2.5, 2.5, 2.5, 2.5, 1, 0), statistics);
    }

    [Fact]
    public void Outliers_are_counted_on_both_sides_and_kept()
    {
        double[] samples = [1, .. Enumerable.Repeat(10.0, 10), .. Enumerable.Repeat(11.0, 10), 12, 40, 50];
        SampleStatistics statistics = SampleStatistics.Of(samples);
        Assert.Equal((3, samples.Length), (statistics.Outliers, statistics.Count));
        Assert.Equal(samples.Average(), statistics.Mean, 12);
    }
}
