using System.Text.Json;
using FasterSeg.Operators;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Running;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <see cref="EvaluationReport.Save"/> wrote into a run's folder.</summary>
/// <param name="Role">Of the network.</param>
/// <param name="Split">On which images.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="MeanIou">Mean IoU, 0 to 1.</param>
/// <param name="PixelAccuracy">0 to 1.</param>
/// <param name="Classes">Each class's name and IoU; null where it was neither there nor predicted.</param>
/// <param name="FramesPerSecond">Of the same network, where it was measured.</param>
public sealed record StoredEvaluation(Role Role, string Split, string Data, double MeanIou, double PixelAccuracy, IReadOnlyList<(string Name, double? Iou)> Classes, double? FramesPerSecond)
{
    private const int LargestFile = 1 << 24;

    /// <summary>Those of a run, validation first.</summary>
    /// <exception cref="UserErrorException">A file is none of these.</exception>
    public static IReadOnlyList<StoredEvaluation> Load(RunFolder run) =>
    [
        .. from split in new[] { "val", "train" }
           from role in new[] { Role.Student, Role.Teacher }
           let path = run.Evaluation(role, split)
           where File.Exists(path)
           select Read(path, role, split),
    ];

    private static StoredEvaluation Read(string path, Role role, string split)
    {
        try
        {
            using var document = JsonDocument.Parse(UserFile.Read(path, LargestFile));
            JsonElement root = document.RootElement;
            return new StoredEvaluation(role, split, root.GetProperty("data").GetString() ?? "", root.GetProperty("mean_iou").GetDouble(), root.GetProperty("pixel_accuracy").GetDouble(),
                [.. root.GetProperty("iou").EnumerateArray().Select(c => (c.GetProperty("Name").GetString() ?? "", Number(c.GetProperty("Iou"))))],
                root.TryGetProperty("latency", out JsonElement latency) && latency.ValueKind == JsonValueKind.Object ? latency.GetProperty("frames_per_second").GetDouble() : null);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{path} is no evaluation ({broken.Message}): remove it, and run 'fasterseg eval' again.", broken);
        }
    }

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();
}
