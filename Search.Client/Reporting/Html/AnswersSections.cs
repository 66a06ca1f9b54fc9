using System.Xml.Linq;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>How well the trained networks segment, in figures and in examples.</summary>
internal static class AnswersSections
{
    /// <summary>The examples' heading.</summary>
    public const string ExamplesTitle = "Example predictions";

    /// <summary>The confusions' heading.</summary>
    public const string ConfusionsTitle = "What is taken for what";

    /// <summary>The evaluations' heading.</summary>
    public const string EvaluationsTitle = "Evaluation";

    /// <summary>IoU of each class; null where nothing was evaluated.</summary>
    public static XElement? Evaluations(RunContents contents)
    {
        IReadOnlyList<StoredEvaluation> all = contents.Evaluations;
        if (all.Count == 0)
            return null;
        // One map for all networks that were asked about the same images.
        (string Split, MajorityShares Shares, List<string> Names)[] maps =
        [
            .. all.Where(one => one.Majority is not null)
                .DistinctBy(one => (one.Split, one.Data))
                .Select(one => (one.Split, one.Majority!, one.Classes.Select(c => c.Name).ToList())),
        ];
        string[] classes = [.. all.SelectMany(one => one.Classes).Select(c => c.Name).Distinct()];
        IEnumerable<IReadOnlyList<object>> rows = classes
            .Select(name =>
                (IReadOnlyList<object>)
                    [
                        name,
                        .. all.Select(one => Share(one.Classes.FirstOrDefault(c => c.Name == name).Iou)),
                        .. maps.Select(map =>
                            Share(map.Names.IndexOf(name) is >= 0 and int at ? map.Shares.Iou.ElementAtOrDefault(at) : null)
                        ),
                    ]
            )
            .Append([
                Element("b", null, "mean IoU"),
                .. all.Select(one => Share(one.MeanIou)),
                .. maps.Select(map => Share(map.Shares.MeanIou)),
            ])
            .Append([
                "pixel accuracy",
                .. all.Select(one => Share(one.PixelAccuracy)),
                .. maps.Select(map => Share(map.Shares.PixelAccuracy)),
            ]);
        if (all.Any(one => one.Latency is not null))
            rows = rows.Append([
                "frames/s",
                .. all.Select(one => (object)(one.Latency is { } latency ? Figures.FramesPerSecond(latency.FramesPerSecond) : "-")),
                .. maps.Select(_ => "-"),
            ]);
        return Element(
            "section",
            null,
            Element("h2", null, EvaluationsTitle),
            Table(
                [
                    "IoU, %",
                    .. all.Select(one =>
                        $"{one.Role.Name()}, {one.Split}, {(one.Size == StoredEvaluation.OwnSize ? "own size" : one.Size)}"
                    ),
                    .. maps.Select(map => $"majority map, {map.Split}"),
                ],
                rows,
                numbersFrom: 1
            ),
            Element(
                "p",
                "note",
                $"Images: {string.Join(", ", all.Select(one => one.Data).Distinct())}. "
                    + string.Join(" ", all.Select(one => $"{one.Role.Name()}, {one.Split}: {one.Mode}."))
                    + " A class without a number was neither in the images nor predicted; the mean leaves it out. The majority map never "
                    + "looks at a picture: at each position it says what is there most often in the training labels."
            )
        );
    }

    /// <summary>What is taken for what; null where nothing was evaluated.</summary>
    public static XElement? Confusions(RunContents contents)
    {
        StoredEvaluation[] known = [.. contents.Evaluations.Where(one => one.LabelPixels.Sum() > 0)];
        return known.Length == 0
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, ConfusionsTitle),
                Element(
                    "p",
                    "note",
                    "A row is a label, and its numbers are percent of that label's pixels: on the diagonal those that are right, elsewhere "
                        + "what they were taken for. Where no number stands it is less than 0.5 %."
                ),
                known.Select(one =>
                    DrawnPicture.Of(
                        ConfusionPicture.Draw(
                            [.. one.Classes.Select(c => c.Name)],
                            one.Confusion,
                            $"{one.Role.Name()}, {one.Split}",
                            one.Data
                        ),
                        $"Confusion matrix of the {one.Role.Name()} on {one.Data} {one.Split}"
                    )
                )
            );
    }

    /// <summary>Image, label and every network's prediction side by side; null where nobody showed images.</summary>
    public static XElement? Examples(RunContents contents) =>
        contents.Examples.Count == 0
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, ExamplesTitle),
                Legend(contents.Examples[0].Classes),
                contents.Examples.Select(example =>
                    Element(
                        "div",
                        null,
                        Element("h3", null, example.Name),
                        Element(
                            "div",
                            "panels",
                            example.Panels.Select(panel =>
                                Element(
                                    "figure",
                                    null,
                                    Picture(ImageFile.ToPng(panel.Picture), $"{panel.Title} of {example.Name}"),
                                    Element("figcaption", null, panel.Title)
                                )
                            )
                        )
                    )
                )
            );

    private static XElement Legend(IReadOnlyList<SegmentationClass> classes) =>
        Element(
            "p",
            "legend",
            classes.Select(each =>
                Element(
                    "span",
                    null,
                    Element("i", null, Attribute("style", $"background:#{each.Red:x2}{each.Green:x2}{each.Blue:x2}")),
                    each.Name
                )
            )
        );

    private static object Share(double? share) => share is double known ? Bar(Figures.Percent(known), known) : "-";
}
