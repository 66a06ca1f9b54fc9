using System.Text.Json;
using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Comparing;

/// <summary>What <c>eval</c> left in <c>eval-ROLE-val.json</c>.</summary>
/// <param name="Data">The data set's name.</param>
/// <param name="Mode">How the images were looked at.</param>
/// <param name="MeanIou">Mean IoU, 0 to 1.</param>
/// <param name="LabelPixels">Counted pixels of each class's label: two evaluations on the same images agree in all of them.</param>
/// <param name="Latency">Of the same network, where it was measured with it.</param>
public sealed record SavedEvaluation(string Data, string Mode, double MeanIou, IReadOnlyList<long> LabelPixels, MeasuredLatency? Latency)
{
    private const int LargestFile = 4 << 20; // bytes; 255 classes take about half of it

    /// <summary>Reads a file; null where there is none.</summary>
    /// <exception cref="UserErrorException">It is no evaluation; the message says why.</exception>
    public static SavedEvaluation? Load(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(UserFile.Read(path, LargestFile));
            JsonElement root = document.RootElement, latency = root.GetProperty("latency");
            return new SavedEvaluation(root.GetProperty("data").GetString() ?? "",
                // Older builds wrote none.
                root.TryGetProperty("mode", out JsonElement mode) ? mode.GetString() ?? "" : "not said", root.GetProperty("mean_iou").GetDouble(),
                [.. root.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Sum(cell => cell.GetInt64()))],
                latency.ValueKind == JsonValueKind.Null ? null : new MeasuredLatency(latency.GetProperty("device").GetString() ?? "",
                    latency.GetProperty("provider").GetString() ?? "", latency.GetProperty("median_ms").GetDouble()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{path} cannot be read as an evaluation ({e.Message.TrimEnd('.')}): make it again with 'fasterseg eval'.", e);
        }
    }

    /// <summary>Whether another network was asked about the same images in the same way.</summary>
    public bool IsComparableWith(SavedEvaluation other) => (Data, Mode) == (other.Data, other.Mode) && LabelPixels.SequenceEqual(other.LabelPixels);
}
