using System.Globalization;
using System.Text.Json;
using FasterSeg.Operators;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Evaluation;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints and writes how well a network segments.</summary>
public static class EvaluationReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Prints the IoU of each class, the mean and the pixel accuracy, beside those of the majority map.</summary>
    public static void Write(IAnsiConsole console, SegmentationDataset data, ConfusionMatrix confusion, ConfusionMatrix majority)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        table.AddColumn(new TableColumn("IoU %").RightAligned());
        table.AddColumn(new TableColumn("majority map %").RightAligned());
        for (int c = 0; c < data.Classes.Count; c++)
            table.AddRow(Markup.Escape(data.Classes[c].Name), Percent(confusion.Iou(c)), Percent(majority.Iou(c)));
        table.AddEmptyRow();
        table.AddRow("mean IoU", Percent(confusion.MeanIou), Percent(majority.MeanIou));
        table.AddRow("pixel accuracy", Percent(confusion.PixelAccuracy), Percent(majority.PixelAccuracy));
        console.Write(table);
        console.WriteLine("The majority map answers with the most frequent training class of each pixel position, whatever the image shows.");
    }

    /// <summary>Writes the figures as JSON.</summary>
    public static void Save(string path, SegmentationDataset data, ConfusionMatrix confusion) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(new
    {
        data = data.Name,
        mean_iou = confusion.MeanIou,
        pixel_accuracy = confusion.PixelAccuracy,
        iou = data.Classes.Select((c, index) => new { c.Name, Iou = confusion.Iou(index) is double iou && double.IsFinite(iou) ? iou : (double?)null }),
    }, Indented) + "\n");

    private static string Percent(double share) => double.IsFinite(share) ? (100 * share).ToString("F1", CultureInfo.InvariantCulture) : "-";
}
