using FasterSeg.Search.Client.Reporting;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting;

/// <summary>How figures are spelled.</summary>
public sealed class FiguresTests
{
    [Theory]
    [InlineData(1.234567, 1.345678, "1.23 to 1.35")]
    [InlineData(120.123, 121.456, "120.1 to 121.5")]
    [InlineData(1.61, 1.649, "1.610 to 1.649")]
    [InlineData(100, 250.5, "100 to 250")]
    [InlineData(1.5, 1.5, "1.500 to 1.500")]
    [InlineData(1.5, 1.50001, "1.500 to 1.500")]
    public void An_interval_has_as_many_digits_as_tell_its_ends_apart(double low, double high, string expected) =>
        Assert.Equal(expected, Figures.Interval(low, high));

    [Fact]
    public void A_huge_figure_is_short() =>
        Assert.Equal(("1E+300", "1234567.000"), (Figures.Milliseconds(1e300), Figures.Milliseconds(1234567)));
}
