using System.Xml.Linq;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>What the figures of a page mean, above all where there are two of one thing.</summary>
internal static class ReadingSection
{
    private static readonly (string Word, string Meaning)[] Words =
    [
        (
            "estimate and measured",
            "The estimate adds up the network's parts in the latency table; measured is the exported network as a whole, the median of "
                + "single runs. Both are for one input of the size that stands beside them."
        ),
        ("95 % confidence", "Measured again in the same way, the median lies between these two in 95 of 100 cases."),
        ("error, and error without drift", "How far the estimate is off the measurement; and how far if the device's drift is taken out."),
        (
            "the supernet's mean IoU and the trained network's",
            "The first is what the search saw: the share of a pair of branches in the supernet, whose weights all networks use. It only "
                + "chooses between pairs. The second is of the network after its own training, and is what counts."
        ),
        (
            "IoU and pixel accuracy",
            "IoU of a class: pixels that are both labelled and predicted so, over pixels that are either. Accuracy is the share of all "
                + "pixels that are right, in which small classes hardly count."
        ),
        ("mIoU while it trains", "On some of the validation images only, so it may differ a little from that of the evaluation."),
        (
            "expected latency and derived student",
            "Of the mixture that the search weighs, and of the network that would be read off it now."
        ),
        ("±", "After it stands the standard deviation over runs that differ in their seed only (n - 1), not an interval of confidence."),
    ];

    /// <summary>The section, closed until somebody opens it.</summary>
    public static XElement Of() =>
        Element(
            "section",
            null,
            Element(
                "details",
                null,
                Element("summary", null, "What the figures mean"),
                Element("dl", null, Words.Select(word => (object[])[Element("dt", null, word.Word), Element("dd", null, word.Meaning)]))
            )
        );
}
