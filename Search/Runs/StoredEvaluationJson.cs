using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Runs;

/// <summary>Makes an evaluation of its JSON, and checks it. Faults are what parsers throw.</summary>
internal static class StoredEvaluationJson
{
    // More than any network can tell apart: a label is a byte, and one value is for what is ignored.
    private const int MostClasses = 255;

    // Whatever is added to it or multiplied with it fits a long; no data set has as many pixels.
    private const long MostPixels = 1L << 53;

    /// <summary>Reads one.</summary>
    /// <param name="root">Its JSON, with names in camelCase.</param>
    /// <param name="role">Of the network.</param>
    /// <param name="split">On which images.</param>
    public static StoredEvaluation Read(JsonElement root, Role role, string split)
    {
        (string Name, double? Iou)[] classes =
        [
            .. root.GetProperty("iou").EnumerateArray().Select(c => (Text(c.GetProperty("name")), Share(c.GetProperty("iou"), "iou"))),
        ];
        long[][] confusion = Confusion(root.GetProperty("confusion"), classes.Length);
        long[] counted = [.. confusion.Select(row => row.Sum())];
        // Older builds wrote 0 for the shares of nothing.
        bool isOfNothing = counted.Sum() == 0;
        return new StoredEvaluation(
            role,
            split,
            Text(root.GetProperty("data")),
            // Older builds wrote none.
            root.TryGetProperty("mode", out JsonElement mode)
                ? Text(mode)
                : "not said",
            isOfNothing ? null : Share(root.GetProperty("meanIou"), "meanIou"),
            isOfNothing ? null : Share(root.GetProperty("pixelAccuracy"), "pixelAccuracy"),
            classes,
            counted,
            Latency(root.GetProperty("latency"))
        )
        {
            Size = root.TryGetProperty("size", out JsonElement size)
                ? size.GetString() ?? StoredEvaluation.OwnSize
                : StoredEvaluation.OwnSize,
            Confusion = confusion,
            Majority = root.TryGetProperty("majority", out JsonElement majority) ? MajorityOf(majority, classes.Length) : null,
        };
    }

    private static long[][] Confusion(JsonElement json, int classes)
    {
        long[][] rows = [.. json.EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetInt64()).ToArray())];
        if (classes is 0 or > MostClasses)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"it has {classes} classes, not 1 to {MostClasses}"));
        if (rows.Length != classes || Array.Exists(rows, row => row.Length != classes))
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"its confusion matrix is not of its {classes} classes"));
        long total = 0;
        foreach (long cell in rows.SelectMany(row => row))
        {
            if (cell < 0 || cell > MostPixels - total)
                throw new FormatException("its confusion matrix counts pixels that cannot be");
            total += cell;
        }
        return rows;
    }

    private static KeptLatency? Latency(JsonElement latency) =>
        latency.ValueKind == JsonValueKind.Null
            ? null
            : new KeptLatency(
                Text(latency.GetProperty("device")),
                Text(latency.GetProperty("provider")),
                RunFile.Latency(latency.GetProperty("medianMs").GetDouble(), "medianMs"),
                RunFile.Amount(latency.GetProperty("framesPerSecond").GetDouble(), "framesPerSecond")
            );

    /// <summary>Older builds wrote none, then one with numbers alone for its classes.</summary>
    private static MajorityShares? MajorityOf(JsonElement majority, int classes)
    {
        if (majority.ValueKind == JsonValueKind.Null)
            return null;
        double?[] iou =
        [
            .. majority
                .GetProperty("iou")
                .EnumerateArray()
                .Select(c => Share(c.ValueKind == JsonValueKind.Object ? c.GetProperty("iou") : c, "iou")),
        ];
        if (iou.Length != classes)
            throw new FormatException("its majority map is of other classes");
        return new MajorityShares(
            Share(majority.GetProperty("meanIou"), "meanIou"),
            Share(majority.GetProperty("pixelAccuracy"), "pixelAccuracy"),
            iou
        );
    }

    private static string Text(JsonElement value) => value.GetString() ?? "";

    private static double? Share(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Null ? null : RunFile.Share(value.GetDouble(), name);
}
