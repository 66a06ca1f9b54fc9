using FasterSeg.Latency.Estimating;

namespace FasterSeg.Latency.Tests.Estimating;

public class LatencyTargetTests
{
    [Theory]
    [InlineData("20-24 ms", 20, 24)]
    [InlineData(" 0.5 - 1.25ms ", 0.5, 1.25)]
    [InlineData("100-200 fps", 5, 10)]
    [InlineData("100-200FPS", 5, 10)]
    public void Parse_reads_a_band_into_milliseconds(string text, double low, double high)
    {
        LatencyTarget target = LatencyTarget.Parse(text);
        Assert.Equal(low, target.LowMs, 12);
        Assert.Equal(high, target.HighMs, 12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20 ms")]
    [InlineData("24-20 ms")]
    [InlineData("20-20 ms")]
    [InlineData("0-20 ms")]
    [InlineData("20-24")]
    [InlineData("20-24 s")]
    [InlineData("1.2.3-24 ms")]
    [InlineData("-5-24 ms")]
    [InlineData("20-24 ms; 30-40 ms")]
    public void Parse_refuses_what_is_no_band_and_quotes_it(string text)
    {
        UsageException refusal = Assert.Throws<UsageException>(() => LatencyTarget.Parse(text));
        Assert.Contains($"'{text}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contains_takes_both_ends()
    {
        var target = new LatencyTarget(20, 24);
        Assert.True(target.Contains(20) && target.Contains(22) && target.Contains(24));
        Assert.False(target.Contains(19.999) || target.Contains(24.001));
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData(" Auto ", true)]
    [InlineData("20-24 ms", false)]
    [InlineData("automatic", false)]
    public void Auto_is_a_word_of_its_own(string text, bool expected) => Assert.Equal(expected, LatencyTarget.IsAuto(text));

    [Fact]
    public void Frames_per_second_of_a_batch_are_those_of_all_its_images()
    {
        LatencyTarget target = LatencyTarget.Parse("100-200 fps", batch: 8);
        Assert.Equal((40, 80), (target.LowMs, target.HighMs));
        Assert.Equal("40-80 ms (100-200 fps)", target.ToString());
    }

    [Fact]
    public void Frames_per_second_are_printed_from_slow_to_fast() =>
        Assert.Equal("5-10 ms (100-200 fps)", LatencyTarget.Parse("100-200 fps").ToString());

    [Theory]
    [InlineData(1.719876, 1.810567, "1.72-1.811 ms (552-581 fps)")]
    [InlineData(120.4567, 160.2347, "120.457-160.235 ms (6.2-8.3 fps)")]
    [InlineData(20, 24, "20-24 ms (41.7-50 fps)")]
    [InlineData(0.01234, 0.01456, "0.0123-0.0146 ms (68681-81037 fps)")]
    [InlineData(5, 5, "5-5 ms (200-200 fps)")]
    public void A_band_is_written_with_the_digits_of_latencies_and_more_where_they_do_not_tell_its_ends_apart(
        double low,
        double high,
        string expected
    ) => Assert.Equal(expected, new LatencyTarget(low, high).ToString());

    [Theory]
    [InlineData(0.33, 0.35251, 0.353, "0.33-0.3525", "0.3530")]
    [InlineData(0.33, 0.353, 0.353, "0.33-0.353", "0.353")]
    [InlineData(0.33, 0.35302, 0.35304, "0.33-0.35302", "0.35304")]
    [InlineData(0.33, 0.35304, 0.35302, "0.33-0.353", "0.353")]
    [InlineData(0.33004, 0.35, 0.33001, "0.33004-0.35", "0.33001")]
    [InlineData(20, 24, 24.00000001, "20-24", "24.00000001")]
    public void A_band_and_a_latency_are_printed_with_digits_that_show_on_which_side_it_lies(
        double low,
        double high,
        double latency,
        string expected,
        string expectedLatency
    )
    {
        var band = new LatencyTarget(low, high);
        int digits = band.DigitsBeside(latency);
        Assert.StartsWith(expected + " ms (", band.ToString(digits), StringComparison.Ordinal);
        Assert.Equal(expectedLatency, latency.ToString($"F{digits}", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_latency_has_no_more_digits_than_it_takes_beside_the_band()
    {
        var band = new LatencyTarget(0.33, 0.35304);
        Assert.Equal(4, band.DigitsFrom(3, 0.35306, 77.5));
        Assert.Equal((4, 2), (band.DigitsOf(4, 3, 0.35306), band.DigitsOf(4, 2, 77.5)));
    }
}
