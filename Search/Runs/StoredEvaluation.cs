using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Runs;

/// <summary>What <c>eval</c> wrote into a run's folder.</summary>
/// <param name="Role">Of the network.</param>
/// <param name="Split">On which images.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Mode">How the images were looked at.</param>
/// <param name="MeanIou">Mean IoU, 0 to 1; null where no pixel counted.</param>
/// <param name="PixelAccuracy">0 to 1; null where no pixel counted.</param>
/// <param name="Classes">Each class's name and IoU; null where it was neither there nor predicted.</param>
/// <param name="LabelPixels">Counted pixels of each class's label: two evaluations on the same images agree in all of them.</param>
/// <param name="Latency">Of the same network, where it was measured with it.</param>
public sealed record StoredEvaluation(
    Role Role,
    string Split,
    string Data,
    string Mode,
    double? MeanIou,
    double? PixelAccuracy,
    IReadOnlyList<(string Name, double? Iou)> Classes,
    IReadOnlyList<long> LabelPixels,
    KeptLatency? Latency
)
{
    /// <summary>What <see cref="Size"/> says of images that each kept their own; also older builds' files, which say nothing.</summary>
    public const string OwnSize = "own";

    /// <summary>Rows x columns that the images were brought to, e.g. <c>192x256</c>, or <see cref="OwnSize"/>.</summary>
    public string Size { get; init; } = OwnSize;

    /// <summary>Counted pixels by label (rows) and prediction (columns).</summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; } = [];

    /// <summary>How well the majority map of the training labels does on the same images; null where nobody looked.</summary>
    public MajorityShares? Majority { get; init; }

    private const int LargestFile = 1 << 24; // bytes; 255 classes take about two million

    /// <summary>Those of a run, validation first.</summary>
    /// <exception cref="UserErrorException">A file is none of these; the message says why.</exception>
    public static IReadOnlyList<StoredEvaluation> Load(RunFolder run) =>
        [
            .. from split in new[] { "val", "train" }
            from role in new[] { Role.Student, Role.Teacher }
            select Load(run, role, split) into evaluation
            where evaluation is not null
            select evaluation,
        ];

    /// <summary>A role's on a split; null where there is none.</summary>
    /// <exception cref="UserErrorException">The file is no evaluation; the message says why.</exception>
    public static StoredEvaluation? Load(RunFolder run, Role role, string split)
    {
        string path = run.Evaluation(role, split);
        if (!File.Exists(path))
            return null;
        try
        {
            JsonElement root = RunJson.Read(path, LargestFile),
                latency = root.GetProperty("latency");
            // Older builds wrote 0 for the shares of nothing.
            long[][] confusion =
            [
                .. root.GetProperty("confusion")
                    .EnumerateArray()
                    .Select(row => row.EnumerateArray().Select(cell => cell.GetInt64()).ToArray()),
            ];
            long[] counted = [.. confusion.Select(row => row.Sum())];
            return new StoredEvaluation(
                role,
                split,
                root.GetProperty("data").GetString() ?? "",
                // Older builds wrote none.
                root.TryGetProperty("mode", out JsonElement mode)
                    ? mode.GetString() ?? ""
                    : "not said",
                counted.Sum() == 0 ? null : Number(root.GetProperty("meanIou")),
                counted.Sum() == 0 ? null : Number(root.GetProperty("pixelAccuracy")),
                [
                    .. root.GetProperty("iou")
                        .EnumerateArray()
                        .Select(c => (c.GetProperty("name").GetString() ?? "", Number(c.GetProperty("iou")))),
                ],
                counted,
                latency.ValueKind == JsonValueKind.Null
                    ? null
                    : new KeptLatency(
                        latency.GetProperty("device").GetString() ?? "",
                        latency.GetProperty("provider").GetString() ?? "",
                        latency.GetProperty("medianMs").GetDouble(),
                        latency.GetProperty("framesPerSecond").GetDouble()
                    )
            )
            {
                Size = root.TryGetProperty("size", out JsonElement size) ? size.GetString() ?? OwnSize : OwnSize,
                Confusion = confusion,
                Majority = root.TryGetProperty("majority", out JsonElement majority) ? MajorityOf(majority) : null,
            };
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException(
                $"{path} cannot be read as an evaluation ({UserJson.Plain(broken)}): make it again with 'fasterseg eval'.",
                broken
            );
        }
    }

    /// <summary>Whether another network was asked about the same images in the same way.</summary>
    public bool IsComparableWith(StoredEvaluation other) =>
        (Data, Mode, Size) == (other.Data, other.Mode, other.Size) && LabelPixels.SequenceEqual(other.LabelPixels);

    /// <summary>Older builds wrote none.</summary>
    private static MajorityShares? MajorityOf(JsonElement majority) =>
        majority.ValueKind == JsonValueKind.Null
            ? null
            : new MajorityShares(
                Number(majority.GetProperty("meanIou")),
                Number(majority.GetProperty("pixelAccuracy")),
                [.. majority.GetProperty("iou").EnumerateArray().Select(Number)]
            );

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();
}
