using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints and writes how well a network segments.</summary>
public static class EvaluationReport
{
    /// <summary>Prints the IoU of each class, the mean and the pixel accuracy, beside those of the majority map, where there is
    /// one, and how the images were looked at.</summary>
    public static void Write(
        IAnsiConsole console,
        SegmentationDataset data,
        ConfusionMatrix confusion,
        ConfusionMatrix? majority,
        EvaluationMode mode
    )
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        table.AddColumn(new TableColumn("IoU %").RightAligned());
        table.AddColumn(new TableColumn("majority map %").RightAligned());
        for (int c = 0; c < data.Classes.Count; c++)
            table.AddRow(
                Markup.Escape(data.Classes[c].Name),
                Figures.Percent(confusion.Iou(c), "-"),
                Figures.Percent(majority?.Iou(c), "-")
            );
        table.AddEmptyRow();
        table.AddRow("mean IoU", Figures.Percent(confusion.MeanIou, "-"), Figures.Percent(majority?.MeanIou, "-"));
        table.AddRow("pixel accuracy", Figures.Percent(confusion.PixelAccuracy, "-"), Figures.Percent(majority?.PixelAccuracy, "-"));
        console.Write(table);
        string fit = mode.Size == EvaluationMode.OwnSize ? "" : $" (fit: {mode.Fit.Word()})";
        console.WriteLine($"These are of {mode}{fit}, counted at the labels' size.");
        console.WriteLine("The majority map predicts the most frequent training class of each pixel position, for every image.");
        if (confusion.Total == 0)
            console.WriteLine(
                "No pixel of these images counts: their labels ignore every one. 'fasterseg data check' says what the masks hold."
            );
    }

    /// <summary>Writes the figures as JSON; rows of the confusion matrix are labels, columns predictions, both in pixels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Whose classes.</param>
    /// <param name="confusion">What was counted.</param>
    /// <param name="mode">How the images were looked at.</param>
    /// <param name="latency">Of the same network; null where it was not measured.</param>
    /// <param name="majority">Of the majority map on the same images; null where it is not known.</param>
    public static void Save(
        string path,
        SegmentationDataset data,
        ConfusionMatrix confusion,
        EvaluationMode mode,
        ModelMeasurement? latency,
        ConfusionMatrix? majority = null
    ) =>
        RunJson.Save(
            path,
            new
            {
                data = data.Name,
                mode = mode.ToString(),
                mode.Size,
                fit = mode.Fit.Word(),
                MeanIou = ConsoleJson.Known(confusion.MeanIou),
                PixelAccuracy = ConsoleJson.Known(confusion.PixelAccuracy),
                iou = ClassIou(data, confusion),
                confusion = Enumerable
                    .Range(0, confusion.Classes)
                    .Select(label => Enumerable.Range(0, confusion.Classes).Select(predicted => confusion[label, predicted])),
                majority = majority is null
                    ? null
                    : new
                    {
                        MeanIou = ConsoleJson.Known(majority.MeanIou),
                        PixelAccuracy = ConsoleJson.Known(majority.PixelAccuracy),
                        iou = ClassIou(data, majority),
                    },
                latency = latency is null
                    ? null
                    : new
                    {
                        device = latency.Identity.DeviceName,
                        provider = latency.Identity.Provider,
                        latency.MedianMs,
                        latency.FramesPerSecond,
                    },
            }
        );

    /// <summary>In one form for the network and the majority map: the name beside each number.</summary>
    private static IEnumerable<object> ClassIou(SegmentationDataset data, ConfusionMatrix confusion) =>
        data.Classes.Select((c, index) => new { c.Name, Iou = ConsoleJson.Known(confusion.Iou(index)) });
}
