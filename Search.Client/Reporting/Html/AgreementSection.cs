using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Search.OneShot;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>How far several sets of shared weights agree in the order of networks.</summary>
internal static class AgreementSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "Agreement of the shared weights";

    /// <summary>The section; null where networks were scored by one set.</summary>
    public static XElement? Of(RunContents contents) =>
        contents.Agreement is not { Pairs.Count: > 0 } agreement
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, Title),
                Element("p", null, agreement.Sentence),
                Table(
                    ["compared", "Kendall's tau"],
                    agreement.Pairs.Select(pair =>
                        (IReadOnlyList<object>)
                            [
                                Compared(pair),
                                pair.Tau is { } tau ? Bar(tau.ToString("F2", CultureInfo.InvariantCulture), Math.Clamp(tau, 0, 1)) : "-",
                            ]
                    ),
                    numbersFrom: 1
                ),
                Element(
                    "p",
                    "note",
                    "Each set of weights orders the networks that were scored for the student by their losses. Tau is 1 where two orders "
                        + "are the same, and 0 where they agree no more than by chance. What the sets do not agree on, the score does not "
                        + "tell. That they agree does not mean that trained networks have the same order."
                )
            );

    private static string Compared(AgreeingPair pair) =>
        pair.FirstSnapshot is { } first
            ? string.Create(CultureInfo.InvariantCulture, $"supernet {pair.FirstSupernet}: snapshots {first} and {pair.SecondSnapshot}")
            : string.Create(CultureInfo.InvariantCulture, $"supernets {pair.FirstSupernet} and {pair.SecondSupernet}");
}
