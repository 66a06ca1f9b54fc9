using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting.Pictures;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>The networks from fast to slow that shared weights offer.</summary>
internal static class FrontSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "From fast to slow";

    /// <summary>The section; null where no front was derived.</summary>
    public static XElement? Of(RunContents contents)
    {
        if (contents.Front is not { Points.Count: > 0 } front)
            return null;
        double slowest = front.Points.Max(one => one.EstimateMs);
        return Element(
            "section",
            null,
            Element("h2", null, Title),
            DrawnPicture.Of(
                FrontPicture.Draw(front, contents.Table?.Identity),
                $"Estimate and loss of {Plural.Of(front.Points.Count, "network")} of the front and of all that were scored."
            ),
            Table(
                ["number", "file", "branches", "estimate, ms", "loss", "mIoU with shared weights, %"],
                front.Points.Select(
                    (one, i) =>
                        (IReadOnlyList<object>)
                            [
                                (i + 1).ToString(CultureInfo.InvariantCulture),
                                one.Network,
                                one.Pair,
                                Bar(Figures.Milliseconds(one.EstimateMs), one.EstimateMs / slowest),
                                one.SupernetLoss.ToString("F4", CultureInfo.InvariantCulture),
                                (100 * one.SupernetMeanIou).ToString("F1", CultureInfo.InvariantCulture),
                            ]
                ),
                numbersFrom: 3
            ),
            Element(
                "p",
                "note",
                "Of each band of latency the network with the smallest loss, where no faster one has as small a loss. For a band that has "
                    + "none another one stands that no network beats. All are scored with the same shared weights, so the figures compare "
                    + "them and do not say how well they do once they are trained: "
                    + "'fasterseg derive --run RUN --target BAND' makes a run of one, to be trained."
            )
        );
    }
}
