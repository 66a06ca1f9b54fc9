using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Searching;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>The derived networks: path, widths, operators, and what each part adds to the latency.</summary>
internal static class NetworksSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "Networks";

    private static readonly string[] Columns = ["part", "map", "operator", "channels", "branches", "ms", "%"];

    /// <summary>The section; null where nothing was derived.</summary>
    public static XElement? Of(RunContents contents) =>
        contents.Networks.Count == 0
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, Title),
                contents.Pairs.Count == 0 ? null : Pairs(contents),
                contents.Networks.Select(Network)
            );

    private static object[] Pairs(RunContents contents)
    {
        LatencyTarget? band = contents.Pairs.Any(pair => pair.Role == Role.Student) ? contents.Band : null;
        string rule =
            band is null ? ""
            : contents.Configuration.Searching.Derivation == DerivationRule.Released ? $" The student's target band is {contents.Target}."
            : $" A student gets the pair in its target band, {contents.Target}, where one is in it and the other is not.";
        return
        [
            Element("p", null, $"Which pair of branches won, by {Reason(contents)}." + rule),
            Table(
                ["role", "branches", "", "target band", "supernet's mean IoU", "estimate, ms"],
                contents.Pairs.Select(pair =>
                    (IReadOnlyList<object>)
                        [
                            pair.Role.Name(),
                            $"32+{pair.ShallowScale}",
                            pair.Chosen ? "chosen" + (IsOnlyOne(pair, band, contents) ? ", the only one in the band" : "") : "",
                            pair.Role == Role.Student ? Place(band?.PlaceOf(pair.EstimateMs)) : "",
                            pair.SupernetMeanIou is double iou ? Figures.Percent(iou) + " %" : "-",
                            Figures.Milliseconds(pair.EstimateMs, pair.Role == Role.Student ? contents.LatencyDigits : 3),
                        ]
                ),
                numbersFrom: 4
            ),
        ];
    }

    private static string Reason(RunContents contents) =>
        contents.Configuration.Searching.Method == SearchMethod.Oneshot
            ? "the best network's loss on held-out images (not shown; the mean IoU is of the same images)"
            : "the supernet's mean IoU and the estimated latency";

    private static string Place(BandPlace? place) =>
        place switch
        {
            BandPlace.In => "in",
            BandPlace.Fast => "too fast",
            BandPlace.Slow => "too slow",
            _ => "",
        };

    /// <summary>Whether the band chose it, and not the accuracy.</summary>
    private static bool IsOnlyOne(SearchedPair pair, LatencyTarget? band, RunContents contents) =>
        pair.Role == Role.Student
        && contents.Configuration.Searching.Derivation != DerivationRule.Released
        && band?.Contains(pair.EstimateMs) == true
        && contents.Pairs.Any(other => other.Role == pair.Role && other != pair)
        && contents.Pairs.All(other => other.Role != pair.Role || other == pair || !band.Contains(other.EstimateMs));

    private static object?[] Network(NetworkContents network)
    {
        DerivedArchitecture architecture = network.Plan.Architecture;
        string name = architecture.Role.Name();
        return
        [
            Element("h3", null, char.ToUpperInvariant(name[0]) + name[1..]),
            Element("p", null, NetworkCost.Of(network.Plan) + "."),
            network.Unfinished is { } unfinished
                ? Element("p", "warning", $"Its training is not finished: {unfinished} are behind it.")
                : null,
            network.Shortened is { } shortened ? Element("p", "note", $"Its training was cut short: {shortened}.") : null,
            DrawnPicture.Of(PathPicture.Draw(network.Plan, network.Estimate), $"Path and widths of the {name}: {architecture}"),
            network.Estimate is { } estimate
                ? new object[]
                {
                    DrawnPicture.Of(
                        OperatorPicture.Draw(network.Plan, estimate),
                        $"Operators of the {name} with their estimated latencies"
                    ),
                    Parts(network.Plan, estimate, name),
                }
                : Element("p", "note", "There is no latency table to read, so there is no estimate."),
        ];
    }

    private static XElement Parts(NetworkPlan plan, NetworkEstimate estimate, string name)
    {
        double largest = estimate.Shares.Max(share => share.Percent);
        return Element(
            "details",
            null,
            Element(
                "summary",
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"All {plan.Parts.Count} parts of the {name}: {estimate.TotalMs:F3} ms estimated, their sum"
                )
            ),
            Table(
                Columns,
                plan.Rows()
                    .Zip(estimate.Shares, (row, share) =>
                        (IReadOnlyList<object>)
                            [
                                row.Part,
                                FormattableString.Invariant($"1/{row.Scale}"),
                                row.Operator,
                                row.Channels,
                                row.Branches,
                                share.Milliseconds is double ms ? Figures.Milliseconds(ms) : "not in the table",
                                share.Milliseconds is null ? "" : Bar(Figures.Percent(share.Percent / 100), share.Percent / largest),
                            ]
                    ),
                numbersFrom: 5
            )
        );
    }
}
