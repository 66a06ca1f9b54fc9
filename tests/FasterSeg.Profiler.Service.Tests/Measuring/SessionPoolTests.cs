using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SessionPoolTests
{
    [Fact]
    public void One_slow_session_of_three_is_not_the_latency()
    {
        MeasuredLatency joined = Join([1, 1.001, 1.7]);
        Assert.Equal(1.001, joined.MedianMs, 12);
        Assert.Equal((3, 45), (joined.Spread.Sessions, joined.Spread.Samples));
    }

    [Fact]
    public void Sessions_that_agree_are_surer_than_sessions_that_do_not()
    {
        double close = SessionPool.Interval([1, 1.001, 1.002], 0.01).HalfWidth,
            far = SessionPool.Interval([1, 1.02, 1.04], 0.01).HalfWidth;
        Assert.InRange(close, 0.006, 0.008); // what was asked for, not 0.0005: three may agree by chance
        Assert.InRange(far, 0.02, 0.04);
    }

    [Fact]
    public void More_sessions_narrow_the_interval() =>
        Assert.True(
            SessionPool.Interval([1, 1.01, 0.99, 1.01, 0.99, 1], 0.01).HalfWidth < SessionPool.Interval([1, 1.01, 0.99], 0.01).HalfWidth
        );

    [Fact]
    public void From_five_sessions_on_a_single_stranger_does_not_widen_the_interval()
    {
        Assert.True(SessionPool.Interval([1, 1, 1, 3], 0.01).HalfWidth > 0.3);
        Assert.True(SessionPool.Interval([1, 1, 1, 1, 3], 0.01).HalfWidth < 0.01);
    }

    [Fact]
    public void A_long_session_counts_no_more_than_a_short_one()
    {
        double[] lengthy = [.. Enumerable.Repeat(2.0, 5000)],
            brief = [.. Enumerable.Repeat(1.0, 15)];
        MeasuredLatency joined = SessionPool.Join([lengthy, brief, brief], disturbed: 0, new());
        Assert.Equal((1, 1), (joined.MedianMs, joined.Spread.P25Ms));
        Assert.Equal(5030, joined.Spread.Samples);
        Assert.InRange(joined.Spread.MeanMs, 1.32, 1.34);
    }

    /// <summary>Student's 97.5 % quantiles for 2, 4, 5, 5 and 7 degrees of freedom.</summary>
    [Theory, InlineData(1, 4.3027), InlineData(3, 2.7764), InlineData(4, 2.5706), InlineData(5, 2.5706), InlineData(7, 2.3646)]
    public void An_intervals_half_width_is_so_many_standard_errors(int sessions, double errors) =>
        Assert.Equal(errors, SessionPool.StandardErrorsOf(sessions), 4);

    [Fact]
    public void No_session_is_refused() => Assert.Throws<ArgumentException>(() => SessionPool.Join([], disturbed: 0, new()));

    /// <summary>
    /// Sessions as they are found (a common scatter, and one in ten slow as a whole): two measurements of the same operator differ by more
    /// than their joint 95 % interval in less than 7 % of 4000 cases.
    /// </summary>
    [Fact]
    public void Intervals_hold_for_sessions_of_which_some_are_slow()
    {
        var random = new Random(11);
        int within = 0;
        for (int i = 0; i < 4000; i++)
        {
            MedianInterval a = SessionPool.Interval(Sessions(random), 0.01),
                b = SessionPool.Interval(Sessions(random), 0.01);
            if (Math.Abs(a.Median - b.Median) <= Math.Sqrt((a.HalfWidth * a.HalfWidth) + (b.HalfWidth * b.HalfWidth)))
                within++;
        }
        Assert.InRange(within, 3720, 4000);
    }

    private static double[] Sessions(Random random) =>
        [.. Enumerable.Range(0, 3).Select(_ => 1 + (0.004 * Normal(random)) + (random.Next(10) == 0 ? 0.05 * random.NextDouble() : 0))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static MeasuredLatency Join(double[] mediansMs) =>
        SessionPool.Join(
            [.. mediansMs.Select(ms => (ReadOnlyMemory<double>)Enumerable.Range(-7, 15).Select(i => ms + (i * 1e-4)).ToArray())],
            disturbed: 0,
            new()
        );
}
