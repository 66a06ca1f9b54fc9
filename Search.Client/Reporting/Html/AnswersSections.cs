using System.Xml.Linq;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using static FasterSeg.Search.Client.Reporting.Html.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>How well the trained networks segment, in figures and in examples.</summary>
internal static class AnswersSections
{
    /// <summary>IoU of each class; null where nothing was evaluated.</summary>
    public static XElement? Evaluations(RunContents contents)
    {
        IReadOnlyList<StoredEvaluation> all = contents.Evaluations;
        if (all.Count == 0)
            return null;
        string[] classes = [.. all.SelectMany(one => one.Classes).Select(c => c.Name).Distinct()];
        IEnumerable<IReadOnlyList<object>> rows = classes
            .Select(name => (IReadOnlyList<object>)[name, .. all.Select(one => Share(one.Classes.FirstOrDefault(c => c.Name == name).Iou))])
            .Append([Element("b", null, "mean IoU"), .. all.Select(one => Share(one.MeanIou))])
            .Append(["pixel accuracy", .. all.Select(one => Share(one.PixelAccuracy))]);
        if (all.Any(one => one.Latency is not null))
            rows = rows.Append([
                "frames/s",
                .. all.Select(one => (object)(one.Latency is { } latency ? Figures.FramesPerSecond(latency.FramesPerSecond) : "-")),
            ]);
        return Element(
            "section",
            null,
            Element("h2", null, "Evaluation"),
            Table(
                [
                    "IoU, %",
                    .. all.Select(one =>
                        $"{one.Role.Name()}, {one.Split}, {(one.Size == StoredEvaluation.OwnSize ? "own size" : one.Size)}"
                    ),
                ],
                rows,
                numbersFrom: 1
            ),
            Element(
                "p",
                "note",
                $"Images: {string.Join(", ", all.Select(one => one.Data).Distinct())}. A class without a number was neither in "
                    + "the images nor predicted; the mean leaves it out."
            )
        );
    }

    /// <summary>Image, label and prediction; null where nobody showed images.</summary>
    public static XElement? Examples(RunContents contents) =>
        contents.Examples.Count == 0
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, "Example predictions"),
                contents.Examples.Select(example =>
                    Element(
                        "figure",
                        "wide picture",
                        Element("figcaption", null, $"{example.Role.Name()}: {example.Name}"),
                        Picture(
                            ImageFile.ToPng(example.Picture),
                            $"Image, label and prediction of the {example.Role.Name()} on {example.Name}"
                        )
                    )
                )
            );

    private static object Share(double? share) => share is double known ? Bar(Figures.Percent(known), known) : "-";
}
