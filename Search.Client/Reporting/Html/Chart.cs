using System.Globalization;
using System.Text;
using System.Xml.Linq;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>
/// Curves over epochs as SVG. Where a curve has more values than can be seen, it is their smoothed means, in the band of their extremes,
/// with the means themselves as a thin line. By hand:
/// plotting libraries write colours and letters into their SVG, while here the page's style sheet sets both, light or dark.
/// </summary>
/// <param name="Title">Above the chart.</param>
/// <param name="Curves">A name and a series for each.</param>
internal sealed record Chart(string Title, IReadOnlyList<(string Name, ScalarSeries Series)> Curves)
{
    private const int Width = 480,
        Height = 210,
        Left = 54,
        Right = 10,
        Top = 8,
        Bottom = 34,
        MostPoints = 120,
        FewestSmoothed = 60;

    // Of the smoothing, in points to either side.
    private const double Deviation = 2.5;

    /// <summary>Drawn behind the curves: the low and the high end of a target at some epochs.</summary>
    public (ScalarSeries Low, ScalarSeries High)? Band { get; init; }

    /// <summary>Draws equal ratios equally tall.</summary>
    public bool Logarithmic { get; init; }

    private sealed record Point(double X, double Mean, double Low, double High);

    /// <summary>The means, each mixed with its neighbours (a Gaussian, so that nothing is shifted); of few points as they are.</summary>
    private static double[] Smooth(Point[] points) =>
        points.Length < FewestSmoothed
            ? [.. points.Select(point => point.Mean)]
            :
            [
                .. points.Select(
                    (_, i) =>
                    {
                        double sum = 0,
                            weights = 0;
                        int reach = (int)(3 * Deviation);
                        for (int j = Math.Max(0, i - reach); j <= Math.Min(points.Length - 1, i + reach); j++)
                        {
                            double weight = Math.Exp(-0.5 * Math.Pow((j - i) / Deviation, 2));
                            (sum, weights) = (sum + (weight * points[j].Mean), weights + weight);
                        }
                        return sum / weights;
                    }
                ),
            ];

    /// <summary>The chart with its title and its legend.</summary>
    public XElement Draw()
    {
        Point[][] curves = [.. Curves.Select(curve => Condense(curve.Series))];
        var x = new Axis(0, Math.Max(Curves.Max(curve => curve.Series.Epochs[^1]), 1e-9));
        // Means only: one early outlier would press the rest flat. The extremes are cut off at the frame.
        IEnumerable<double> shown = curves.SelectMany(points => points.Select(point => point.Mean));
        if (Band is { } target)
            shown = shown.Concat(target.Low.Values).Concat(target.High.Values);
        var y = Axis.Around(shown, Logarithmic);
        double Across(double value) => Left + ((Width - Left - Right) * x.Place(value));
        double Down(double value) => Math.Clamp(Height - Bottom - ((Height - Top - Bottom) * y.Place(value)), Top, Height - Bottom);

        return Element(
            "figure",
            "chart",
            Element(
                "figcaption",
                null,
                Element("b", null, Title),
                Curves.Select(
                    (curve, i) => Element("span", $"key c{i % 6}", FormattableString.Invariant($"{curve.Name} {curve.Series.Last:G4}"))
                ),
                Band is null ? null : Element("span", "key band", "target")
            ),
            Element(
                "svg",
                null,
                Attribute("viewBox", $"0 0 {Width} {Height}"),
                new XAttribute("role", "img"),
                new XAttribute("aria-label", Title),
                // Logged at the ends of epochs, in force from the beginning.
                Band is { } band
                    ? Shape(
                        "band",
                        Area(
                            band.Low.Epochs.Prepend(0).Select(Across),
                            band.Low.Values.Prepend(band.Low.Values[0]).Select(Down),
                            band.High.Values.Prepend(band.High.Values[0]).Select(Down)
                        )
                    )
                    : null,
                y.Ticks()
                    .Select(tick =>
                        (object[])
                            [
                                Line("grid", Left, Down(tick), Width - Right, Down(tick)),
                                Label(Left - 6, Down(tick) + 3.5, y.Label(tick), "end"),
                            ]
                    ),
                x.Ticks().Select(tick => Label(Across(tick), Height - Bottom + 15, x.Label(tick), "middle")),
                Label(Width - Right, Height - 3, "epochs", "end"),
                Line("axis", Left, Height - Bottom, Width - Right, Height - Bottom),
                curves.Select(
                    (points, i) =>
                        (object?[])
                            [
                                points.Any(point => point.High > point.Low)
                                    ? Shape(
                                        $"spread c{i % 6}",
                                        Area(
                                            points.Select(p => Across(p.X)),
                                            points.Select(p => Down(p.Low)),
                                            points.Select(p => Down(p.High))
                                        )
                                    )
                                    : null,
                                points.Length >= FewestSmoothed
                                    ? Shape($"raw c{i % 6}", Path(points.Select(p => (Across(p.X), Down(p.Mean)))))
                                    : null,
                                points.Length > 1
                                    ? Shape($"curve c{i % 6}", Path(points.Zip(Smooth(points), (p, mean) => (Across(p.X), Down(mean)))))
                                    : null,
                                points.Length > 12
                                    ? null
                                    : points.Select(p => new XElement(
                                        "circle",
                                        new XAttribute("class", $"dot c{i % 6}"),
                                        Attribute("cx", $"{Across(p.X):0.##}"),
                                        Attribute("cy", $"{Down(p.Mean):0.##}"),
                                        new XAttribute("r", "3")
                                    )),
                            ]
                )
            )
        );
    }

    private static Point[] Condense(ScalarSeries series)
    {
        int bucket = (series.Values.Count + MostPoints - 1) / MostPoints;
        return
        [
            .. Enumerable
                .Range(0, series.Values.Count)
                .Chunk(Math.Max(1, bucket))
                .Select(part => new Point(
                    part.Average(i => series.Epochs[i]),
                    part.Average(i => series.Values[i]),
                    part.Min(i => series.Lows[i]),
                    part.Max(i => series.Highs[i])
                )),
        ];
    }

    private static string Path(IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{x:0.##} {y:0.##}");
        return path.ToString();
    }

    private static string Area(IEnumerable<double> x, IEnumerable<double> low, IEnumerable<double> high) =>
        Path(x.Zip(low).Concat(x.Zip(high).Reverse())) + "Z";

    private static XElement Shape(string style, string path) => new("path", new XAttribute("class", style), new XAttribute("d", path));

    private static XElement Line(string style, double fromX, double fromY, double toX, double toY) =>
        Shape(style, Path([(fromX, fromY), (toX, toY)]));

    private static XElement Label(double x, double y, string text, string anchor) =>
        new("text", Attribute("x", $"{x:0.##}"), Attribute("y", $"{y:0.##}"), new XAttribute("text-anchor", anchor), text);
}
