using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Pages;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Evaluation;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A comparison of runs on one page that needs no other file.</summary>
public static class ComparisonPage
{
    /// <summary>Writes the page to a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(RunComparison comparison, string path) => AtomicFile.WriteAllText(path, Write(comparison));

    private static string Write(RunComparison comparison) =>
        PageDocument.Write(
            "FasterSeg: comparison",
            isLive: false,
            Element("header", null, Element("h1", null, "Comparison of runs")),
            Sections(comparison)
        );

    /// <summary>What a page of any kind has of a comparison.</summary>
    internal static object?[] Sections(RunComparison comparison) =>
        [
            comparison.Settings.Select(sentence => Element("p", "verdict", sentence)),
            comparison.Recommendations.Select(recommendation => Element("p", "verdict", recommendation.Sentence)),
            comparison.Sets.Select(set => Set(comparison, set)),
            comparison.Groups.Count == 0 ? null : Groups(comparison.Groups),
            comparison.Differences.Count == 0 ? null : Differences(comparison.Differences),
            comparison.Notes.Select(note => Element("p", "note", note)),
        ];

    private static XElement Set(RunComparison comparison, ComparedSet set)
    {
        string name = ComparisonReport.NameOf(comparison, set);
        return Element(
            "section",
            null,
            Element("h2", null, char.ToUpperInvariant(name[0]) + name[1..]),
            ParetoPicture.Has(set) ? DrawnPicture.Of(ParetoPicture.Draw(set, name), $"Latency and mIoU of the {name}") : null,
            Table(
                ["run", "band", "estimate, ms", "measured, ms", "supernet mIoU, %", "mIoU, %", "input", "front"],
                set.Networks.Select(network =>
                    (IReadOnlyList<object>)
                        [
                            network.Run.Name + (network.Run.IsRandom ? " (random)" : ""),
                            Band(set, network),
                            Milliseconds(network.EstimateMs, network),
                            network.Measured is { } measured ? Milliseconds(measured.MedianMs, network) : "",
                            Figures.Percent(network.SupernetMeanIou, ""),
                            Figures.Percent(network.TrainedMeanIou, ""),
                            EvaluationMode.SizeOf(network.Run.Options.Space.Height, network.Run.Options.Space.Width),
                            set.IsOnFront(network) ? "yes" : "",
                        ]
                ),
                numbersFrom: 2
            )
        );
    }

    /// <summary>With as many digits as show where it lies in the band of its run.</summary>
    private static string Milliseconds(double value, ComparedNetwork network) => Figures.Milliseconds(value, DigitsOf(network));

    private static int DigitsOf(ComparedNetwork network) =>
        network.Run.Target.DigitsBeside(network.EstimateMs, network.Measured?.MedianMs ?? network.EstimateMs);

    private static string Band(ComparedSet set, ComparedNetwork network) =>
        set.PlaceOf(network) is { } place
            ? (place == BandPlace.In ? "in, " : $"out: too {place.ToString().ToLowerInvariant()}, ")
                + network.Run.Target.ToString(DigitsOf(network))
            : "";

    private static XElement Groups(IReadOnlyList<SeedGroup> groups) =>
        Element(
            "section",
            null,
            Element("h2", null, "Over seeds"),
            Element("p", "note", "Runs that differ in the seed only: mean ± standard deviation (n - 1) over them."),
            Table(
                ["runs", "role", "estimate, ms", "measured, ms", "supernet mIoU, %", "mIoU, %"],
                groups.Select(group =>
                    (IReadOnlyList<object>)
                        [
                            string.Join(", ", group.Networks.Select(network => network.Run.Name)),
                            group.Role.Name(),
                            Figures.Spread(group.EstimateMs, 1, "F3"),
                            Figures.Spread(group.MeasuredMs, 1, "F3"),
                            Figures.Spread(group.SupernetMeanIou, 100, "F2"),
                            Figures.Spread(group.TrainedMeanIou, 100, "F2"),
                        ]
                ),
                numbersFrom: 2
            )
        );

    private static XElement Differences(IReadOnlyList<ConfigurationDifference> differences) =>
        Element(
            "section",
            null,
            Element("h2", null, "The configurations differ in"),
            Element(
                "dl",
                null,
                differences.Select(difference =>
                    (object[])[Element("dt", null, difference.Key), Element("dd", null, difference.ToString())]
                )
            )
        );
}
