using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SampleStatisticsTests
{
    [Fact]
    public void Known_values()
    {
        // 1..20 in disorder. Type 8: position (n + 1/3) p + 1/3 = 1.35 at 5 %, 5.41667 at 25 %.
        double[] samples = [.. Enumerable.Range(1, 20).Select(i => (double)((i * 7 % 20) + 1))];
        MeasuredLatency latency = SampleStatistics.Of(samples);
        Assert.Equal((10.5, 6.0, 15.0), (latency.MedianMs, latency.Spread.ConfidenceLowMs, latency.Spread.ConfidenceHighMs));
        Assert.Equal(10.5, latency.Spread.MeanMs, 12);
        Assert.Equal(Math.Sqrt(35), latency.Spread.StandardDeviationMs, 12);
        Assert.Equal(1.35, latency.Spread.P05Ms, 9);
        Assert.Equal(5 + (5.0 / 12), latency.Spread.P25Ms, 9);
        Assert.Equal(15 + (7.0 / 12), latency.Spread.P75Ms, 9);
        Assert.Equal(19.65, latency.Spread.P95Ms, 9);
        Assert.Equal(20, latency.Spread.Samples);
    }

    [Fact]
    public void A_single_sample_has_no_spread()
    {
        MeasuredLatency latency = SampleStatistics.Of([2.5]);
        Assert.Equal(new MeasuredLatency(2.5, new(2.5, 0, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 1)), latency);
    }

    [Fact]
    public void Outliers_are_counted_on_both_sides_and_kept()
    {
        double[] samples = [1, .. Enumerable.Repeat(10.0, 10), .. Enumerable.Repeat(11.0, 10), 12, 40, 50];
        MeasuredLatency latency = SampleStatistics.Of(samples);
        Assert.Equal((3, samples.Length), (latency.Spread.Outliers, latency.Spread.Samples));
        Assert.Equal(samples.Average(), latency.Spread.MeanMs, 12);
    }
}
