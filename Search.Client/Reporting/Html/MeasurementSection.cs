using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>What the table estimates beside what was measured.</summary>
internal static class MeasurementSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "Table against measurement";

    /// <summary>The section; null where nothing was measured.</summary>
    public static XElement? Of(RunContents contents)
    {
        if (contents.Measured.Count == 0)
            return null;
        double largest = contents.Measured.Max(one => Math.Max(one.EstimateMs, one.ConfidenceHighMs));
        bool isCorrected = contents.Measured.Any(one => one.PlainMs is not null);
        string[] alone = isCorrected ? ["parts alone, ms", "correction, ms"] : [];
        return Element(
            "section",
            null,
            Element("h2", null, Title),
            Table(
                ["network", .. alone, "estimate, ms", "measured, ms", "95 % confidence", "error", "drift", "error without it", "frames/s"],
                contents.Measured.Select(one =>
                    (IReadOnlyList<object>)
                        [
                            Element(
                                "span",
                                null,
                                Element("b", null, one.Role.Name()),
                                " " + one.Network[(one.Network.IndexOf(' ', StringComparison.Ordinal) + 1)..]
                            ),
                            .. Correction(one).Take(alone.Length),
                            Bar(Figures.Milliseconds(one.EstimateMs), one.EstimateMs / largest),
                            Bar(Figures.Milliseconds(one.MedianMs), one.MedianMs / largest),
                            Interval(one),
                            Figures.SignedPercent(one.Error),
                            one.Drift is { } drift ? Figures.Milliseconds(drift) : "",
                            one.ErrorWithoutDrift is { } error ? Figures.SignedPercent(error) : "",
                            Figures.FramesPerSecond(one.Identity.FramesPerSecond(one.MedianMs)),
                        ]
                ),
                numbersFrom: 1
            ),
            Element(
                "p",
                "note",
                "The estimate is the sum of the network's parts in the table"
                    + (isCorrected ? ", corrected by what whole networks have shown of it; " : "; ")
                    + "measured is the exported network as a whole, the median of single runs."
                    + (
                        contents.Measured.Any(one => one.Drift is not null)
                            ? " The drift is how many times as long as in the table some of its operators took right afterwards: a device "
                                + "that others use, or that has become warm, is not as fast as it was."
                            : ""
                    )
            ),
            contents.Measured.Select(one => Element("p", "note", Provenance(one)))
        );
    }

    // What its parts take alone, and what the table's correction adds to that.
    private static IEnumerable<string> Correction(MeasuredNetwork one) =>
        one.PlainMs is { } plain ? [Figures.Milliseconds(plain), SignedNumber.Of(one.EstimateMs - plain, 3)] : ["", ""];

    private static string Interval(MeasuredNetwork one) =>
        Figures.Interval(one.ConfidenceLowMs, one.ConfidenceHighMs) + (one.Noisy ? ", noisy" : "");

    private static string Provenance(MeasuredNetwork one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Role.Name()}: {SummarySection.Device(one.Identity)}, measured {one.Measured:yyyy-MM-dd HH:mm} UTC."
        )
        + (one.Difference is { } difference ? $" Not comparable with the table: {difference} (table, then measurement)." : "")
        + (one.NoDrift is { } none ? " " + none : "");
}
