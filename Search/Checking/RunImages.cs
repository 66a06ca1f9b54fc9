using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Checking;

/// <summary>Which images each part of a run has seen (<c>images.json</c>), so that it does not go on with others.</summary>
public static class RunImages
{
    /// <summary>The part that is the search; a training's is its role's name.</summary>
    public const string Search = "search";

    private const int LargestFile = 1 << 20; // bytes; real ones have some hundred

    /// <summary>Notes the images of a part of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="part"><see cref="Search"/>, or the name of the role that is trained.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="UserErrorException">The file cannot be read or written.</exception>
    public static void Keep(RunFolder run, string part, SegmentationDataset data)
    {
        Dictionary<string, DatasetFingerprint> all = Read(run);
        all[part] = DatasetFingerprint.Of(data);
        RunJson.Save(run.Images, all);
    }

    /// <summary>Passes the images that a part of a run began with, and any where an older build began it, which noted none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="part"><see cref="Search"/>, or the name of the role that is trained.</param>
    /// <param name="data">The images to go on with.</param>
    /// <param name="location">As the user named them.</param>
    /// <exception cref="UserErrorException">They are others; the message says what each are.</exception>
    public static void RequireSame(RunFolder run, string part, SegmentationDataset data, string location)
    {
        if (!Read(run).TryGetValue(part, out DatasetFingerprint? began))
            return;
        var here = DatasetFingerprint.Of(data);
        if (here.Sha256 == began.Sha256)
            return;
        string what = part == Search ? "The search" : $"The training of the {part}",
            detail = (here.Train, here.Validation, here.Classes) == (began.Train, began.Validation, began.Classes)
                ? ", with other files, sizes or class names"
                : "";
        throw new UserErrorException(
            $"{what} in {run.Path} began with {began}, and {location} is {here}{detail}: go on with the images that it began with, or "
                + "begin a new run in another folder."
        );
    }

    private static Dictionary<string, DatasetFingerprint> Read(RunFolder run) =>
        File.Exists(run.Images)
            ? RunFile.Read(run.Images, LargestFile, "does not say which images the run has seen", "restore it, or move it away", json =>
                RunJson.Renamed(json).Deserialize<Dictionary<string, DatasetFingerprint?>>(RunJson.Options) is { } all
                && !all.ContainsValue(null)
                    ? all.ToDictionary(one => one.Key, one => one.Value!)
                    : throw new FormatException("an entry of it is null")
            )
            : [];
}
