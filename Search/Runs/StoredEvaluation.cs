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
    /// <param name="run">The run.</param>
    /// <param name="damaged">Takes the fault of a file that is none of these, which is left out; null throws it.</param>
    /// <exception cref="DamagedRunException">A file is none of these; the message says why.</exception>
    public static IReadOnlyList<StoredEvaluation> Load(RunFolder run, Action<DamagedRunException>? damaged = null)
    {
        var all = new List<StoredEvaluation>();
        foreach (string split in new[] { "val", "train" })
        {
            foreach (Role role in new[] { Role.Student, Role.Teacher })
            {
                try
                {
                    if (Load(run, role, split) is { } evaluation)
                        all.Add(evaluation);
                }
                catch (DamagedRunException fault) when (damaged is not null)
                {
                    damaged(fault);
                }
            }
        }
        return all;
    }

    /// <summary>A role's on a split; null where there is none.</summary>
    /// <exception cref="DamagedRunException">The file is no evaluation; the message says why.</exception>
    public static StoredEvaluation? Load(RunFolder run, Role role, string split)
    {
        string path = run.Evaluation(role, split);
        return File.Exists(path)
            ? RunFile.Read(path, LargestFile, "cannot be read as an evaluation", "make it again with 'fasterseg eval'", json =>
                StoredEvaluationJson.Read(RunJson.Renamed(json), role, split)
            )
            : null;
    }

    /// <summary>Whether another network was asked about the same images in the same way.</summary>
    public bool IsComparableWith(StoredEvaluation other) =>
        (Data, Mode, Size) == (other.Data, other.Mode, other.Size) && LabelPixels.SequenceEqual(other.LabelPixels);
}
