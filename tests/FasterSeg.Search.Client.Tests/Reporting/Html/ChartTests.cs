using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting.Html;

/// <summary>Curves: where they are drawn, their axes, and what becomes of many values.</summary>
public sealed class ChartTests
{
    [Fact]
    public void A_curve_goes_through_its_values_from_left_to_right()
    {
        XElement figure = new Chart("Loss", [("loss", Series([1, 2, 3, 4], [8, 4, 2, 1]))]).Draw();
        (double X, double Y)[] points = Points(Assert.Single(figure.Descendants("path"), path => Has(path, "curve")));
        Assert.Equal(4, points.Length);
        Assert.Equal(points.Select(p => p.X).Order(), points.Select(p => p.X));
        // Down the page is down in value, in proportion.
        Assert.Equal((points[1].Y - points[0].Y) / 4, (points[2].Y - points[1].Y) / 2, 1);
        Assert.True(points[3].Y > points[2].Y);
        Assert.Contains("loss 1", figure.Element("figcaption")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_values_become_means_between_their_extremes()
    {
        double[] values = [.. Enumerable.Range(0, 60_000).Select(i => (i % 2 == 0 ? 1.0 : 3) + (i / 60_000.0))];
        XElement figure = new Chart("Loss", [("loss", Series([.. values.Select((_, i) => i / 1000.0)], values))]).Draw();
        (double X, double Y)[] mean = Points(figure.Descendants("path").Single(path => Has(path, "curve"))),
            spread = Points(figure.Descendants("path").Single(path => Has(path, "spread")));
        Assert.Equal(120, mean.Length);
        Assert.Equal(240, spread.Length);
        Assert.True(figure.ToString().Length < 20_000);
        Assert.True(spread[..120].Zip(mean).All(pair => pair.First.Y >= pair.Second.Y));
    }

    [Fact]
    public void A_target_is_drawn_even_where_no_curve_reaches_it()
    {
        ScalarSeries low = Series([1, 2], [10, 10]),
            high = Series([1, 2], [12, 12]);
        XElement figure = new Chart("Student", [("32+8", Series([1, 2], [20, 30]))]) { Band = (low, high) }.Draw();
        (double X, double Y)[] band = Points(figure.Descendants("path").Single(path => Has(path, "band")));
        Assert.True(band[0].Y - band[^1].Y > 10, "The band is flat.");
        Assert.True(band.Min(p => p.Y) > Points(figure.Descendants("path").Single(path => Has(path, "curve"))).Max(p => p.Y));
    }

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 30, "0 10 20 30")]
    [InlineData(3.49, 3.52, "3.49 3.50 3.51 3.52")]
    [InlineData(-5, 5, "-4 -2 0 2 4")]
    [InlineData(1200, 61000, "20000 40000 60000")]
    public void An_axis_has_round_numbers(double low, double high, string expected)
    {
        var axis = new Axis(low, high);
        Assert.Equal(expected, string.Join(' ', axis.Ticks().Select(axis.Label)));
    }

    [Theory]
    [InlineData(0.008, 1.1, "0.01 0.03 0.1 0.3 1")]
    [InlineData(0.9, 11, "1 2 5 10")]
    [InlineData(1e-4, 20, "0.0001 0.001 0.01 0.1 1 10")]
    public void A_logarithmic_axis_has_them_too(double low, double high, string expected)
    {
        var axis = new Axis(low, high, Logarithmic: true);
        Assert.Equal(expected, string.Join(' ', axis.Ticks().Select(axis.Label)));
        Assert.Equal(0.5, axis.Place(Math.Sqrt(low * high)), 6);
    }

    [Fact]
    public void Values_that_are_all_the_same_have_an_axis_around_them()
    {
        foreach (double value in new[] { 0, 5, -3, 1e-12 })
        {
            var axis = Axis.Around([value, value]);
            Assert.True(axis.Low <= value && axis.High > value && axis.Ticks().Count > 0, $"{value}: {axis}");
        }
        Assert.Equal(new Axis(0, 1), Axis.Around([]));
    }

    [Theory]
    [InlineData(1e-300, 1e300, false)]
    [InlineData(1e-300, 1e300, true)]
    [InlineData(-1.7e308, 1.7e308, false)]
    [InlineData(5e-324, 1.7e308, true)]
    [InlineData(0, 1e-320, false)]
    [InlineData(1e300, 1e300, false)]
    [InlineData(1e15, 1e15 + 0.125, false)]
    [InlineData(double.NaN, double.PositiveInfinity, false)]
    public void Extreme_values_have_an_axis_with_some_numbers_and_finite_places(double one, double other, bool logarithmic)
    {
        var axis = Axis.Around([one, other], logarithmic);
        Assert.InRange(axis.Ticks().Count, 1, 12);
        Assert.All(axis.Ticks(), tick => Assert.InRange(axis.Label(tick).Length, 1, 12));
        foreach (double value in new[] { one, other, 0, -1, double.MaxValue, double.MinValue, double.NaN, double.NegativeInfinity })
            Assert.InRange(axis.Place(value), -1, 2);
        if (double.IsFinite(other))
            Assert.True(axis.Place(one) >= -1e-9 && axis.Place(other) <= 1 + 1e-9 && axis.Place(one) <= axis.Place(other), $"{axis}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chart_of_extreme_values_has_numbers_only(bool logarithmic)
    {
        XElement figure = new Chart("Loss", [("loss", Series([1, 2, 3], [1e-300, 1e300, -1.7e308]))]) { Logarithmic = logarithmic }.Draw();
        Assert.All(Points(figure.Descendants("path").Single(path => Has(path, "curve"))), point => Assert.True(double.IsFinite(point.Y)));
        foreach (string none in new[] { "NaN", "\u221e", "Infinity" })
            Assert.DoesNotContain(none, figure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_for_many_values_is_drawn_between_their_extremes()
    {
        ScalarSeries thinned = Series([1, 2], [5, 5]) with { Lows = [4, 4.9], Highs = [6, 5.1], Last = 5.05 };
        XElement figure = new Chart("Loss", [("loss", thinned)]).Draw();
        Assert.Equal(4, Points(figure.Descendants("path").Single(path => Has(path, "spread"))).Length);
        Assert.Contains("loss 5.05", figure.Element("figcaption")!.Value, StringComparison.Ordinal);
        Assert.Equal((10.1, 8), (thinned.Times(2).Last, thinned.Times(2).Lows[0]));
    }

    private static ScalarSeries Series(double[] epochs, double[] values) => new("p", "n", epochs, values);

    private static bool Has(XElement element, string style) => element.Attribute("class")!.Value.Split(' ').Contains(style);

    private static (double X, double Y)[] Points(XElement path) =>
        [
            .. path.Attribute("d")!
                .Value.TrimEnd('Z')
                .Split('M', 'L')
                .Skip(1)
                .Select(point => point.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())
                .Select(point => (point[0], point[1])),
        ];
}
