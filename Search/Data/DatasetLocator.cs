using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data.Synthetic;

namespace FasterSeg.Search.Data;

/// <summary>Opens what <c>--data KIND:DIR</c> names.</summary>
public static class DatasetLocator
{
    /// <summary>Folders that together are a data set's.</summary>
    private static readonly string[][] Layouts =
    [
        ["images", "masks"],
        ["leftImg8bit"],
        ["gtFine"],
        ["images/10k", "labels"],
        ["seg/images"],
        ["train", "trainannot"],
        ["val", "valannot"],
    ];

    private const int Deepest = 4;
    private const string Kinds = "camvid:DIR, cityscapes:DIR, bdd:DIR, folder:DIR or synthetic";

    /// <summary>Opens a data set; lists and classes are read and checked, pictures only when they are loaded.</summary>
    /// <param name="location"><c>camvid:DIR</c>, <c>cityscapes:DIR</c>, <c>bdd:DIR</c>, <c>folder:DIR</c> or <c>synthetic</c>.</param>
    /// <param name="options">Size and number of synthetic scenes.</param>
    /// <param name="fault">
    /// Takes a sentence for each sample that lacks something, which is then left out; null refuses the data set for the first.
    /// </param>
    /// <exception cref="UsageException">The kind is unknown, or its DIR is missing from the text or the disk.</exception>
    /// <exception cref="UserErrorException">What lies in the folder is no such data set, or broken.</exception>
    public static SegmentationDataset Open(string location, DataOptions options, Action<string>? fault = null)
    {
        fault ??= sentence => throw new UserErrorException(sentence);
        string[] parts = location.Split(':', 2, StringSplitOptions.TrimEntries);
        (string kind, string folder) = (parts[0], parts.Length == 2 ? parts[1] : "");
        SegmentationDataset data = kind switch
        {
            "synthetic" when folder.Length == 0 => SyntheticDataset.Open(options),
            "synthetic" => throw new UsageException($"'{location}': synthetic scenes are drawn, not read; write just 'synthetic'."),
            "camvid" => CamVidDataset.Open(Existing(folder, location), fault),
            "cityscapes" => CityscapesDataset.Open(Existing(folder, location), fault),
            "bdd" => BddDataset.Open(Existing(folder, location), fault),
            "folder" => FolderDataset.Open(Existing(folder, location), fault),
            _ => throw new UsageException($"'{location}' is no kind of data that exists here: use {Kinds}."),
        };
        return data with { Location = location };
    }

    /// <summary>The folder of a data set that a path is, or in whose images or labels it lies; null where there is none.</summary>
    public static string? FolderAround(string path)
    {
        string at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
            part = "";
        if (Holds(at))
            return path;
        for (int level = 0; level < Deepest && Path.GetDirectoryName(at) is { } above; level++)
        {
            (part, at) = (Path.GetFileName(at), above);
            if (Layouts.Any(layout => layout.Any(folder => folder.Split('/')[0] == part)) && Holds(at))
                return at;
        }
        return null;
    }

    private static bool Holds(string folder) =>
        Array.Exists(Layouts, layout => Array.TrueForAll(layout, part => Directory.Exists(Path.Combine(folder, part))));

    private static string Existing(string folder, string location)
    {
        if (folder.Length == 0)
            throw new UsageException($"'{location}' names no folder: use {Kinds}.");
        return Directory.Exists(folder)
            ? folder
            : throw new UsageException(
                $"The data folder '{folder}' {(File.Exists(folder) ? "is a file: name the folder that it lies in" : "does not exist")}."
            );
    }
}
