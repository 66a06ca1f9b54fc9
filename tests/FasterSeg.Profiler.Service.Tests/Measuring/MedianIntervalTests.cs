using CsCheck;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class MedianIntervalTests
{
    /// <summary>The ranks of published tables (e.g. Conover, Practical Nonparametric Statistics).</summary>
    [Theory]
    [InlineData(6, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(10, 2)]
    [InlineData(15, 4)]
    [InlineData(20, 6)]
    [InlineData(25, 8)]
    [InlineData(30, 10)]
    [InlineData(50, 18)]
    [InlineData(100, 40)]
    public void Ranks_are_the_published_ones(int samples, int rank) => Assert.Equal(rank, MedianInterval.LowerRank(samples));

    [Fact]
    public void Too_few_samples_have_no_rank() => Assert.Throws<ArgumentOutOfRangeException>(() => MedianInterval.LowerRank(5));

    [Fact]
    public void An_interval_is_from_rank_to_rank()
    {
        double[] sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        Assert.Equal(new MedianInterval(5.5, 2, 9), MedianInterval.OfSorted(sorted));
    }

    [Fact]
    public void A_single_sample_is_its_own_interval() => Assert.Equal(new MedianInterval(3, 3, 3), MedianInterval.OfSorted([3]));

    [Fact]
    public void No_sample_is_refused() => Assert.Throws<ArgumentException>(() => MedianInterval.OfSorted([]));

    [Fact]
    public void The_interval_holds_the_median() =>
        Gen.Double[0.001, 1000]
            .Array[1, 200]
            .Sample(
                samples =>
                {
                    Array.Sort(samples);
                    MedianInterval interval = MedianInterval.OfSorted(samples);
                    return interval.Low <= interval.Median && interval.Median <= interval.High;
                },
                iter: 300
            );

    /// <summary>Of 4000 sets of skewed random samples, at least 95 % (less three standard errors) have the true median in their
    /// interval.</summary>
    [Fact]
    public void The_interval_covers_the_true_median_of_a_skewed_distribution()
    {
        var random = new Random(5);
        int covered = 0;
        for (int set = 0; set < 4000; set++)
        {
            double[] samples = [.. Enumerable.Range(0, 25).Select(_ => -Math.Log(1 - random.NextDouble())).Order()];
            MedianInterval interval = MedianInterval.OfSorted(samples);
            if (interval.Low <= Math.Log(2) && Math.Log(2) <= interval.High)
                covered++;
        }
        Assert.InRange(covered / 4000.0, 0.95 - 0.0103, 0.98);
    }
}
