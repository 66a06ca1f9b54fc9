using System.Text;
using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// CamVid with 11 classes, in the layout of SegNet's tutorial: <c>train.txt</c> and <c>val.txt</c> list pairs of image and
/// label image, whose paths begin with <c>/SegNet/CamVid/</c> and are taken relative to the folder. Index 11 is "unlabelled".
/// </summary>
internal static class CamVidDataset
{
    private const string ListedPrefix = "/SegNet/CamVid/",
        ListedFolder = "CamVid/";
    private const byte Unlabelled = 11;

    /// <summary>The classes with the colours that CamVid's authors gave them.</summary>
    private static readonly SegmentationClass[] Classes =
    [
        new("sky", 128, 128, 128),
        new("building", 128, 0, 0),
        new("pole", 192, 192, 128),
        new("road", 128, 64, 128),
        new("pavement", 60, 40, 222),
        new("tree", 128, 128, 0),
        new("sign symbol", 192, 128, 128),
        new("fence", 64, 64, 128),
        new("car", 64, 0, 128),
        new("pedestrian", 64, 64, 0),
        new("bicyclist", 0, 128, 192),
    ];

    private static readonly LabelEncoding Labels = LabelEncoding.Indices(Classes.Length, Unlabelled);

    public static SegmentationDataset Open(string folder, Action<string> fault)
    {
        var masks = new MaskFile(Classes, Labels);
        return new SegmentationDataset("CamVid", Classes, Samples("train.txt"), Samples("val.txt"))
        {
            Encoding = Labels,
            Lists = [Path.Combine(folder, "train.txt"), Path.Combine(folder, "val.txt")],
        };

        ISampleSource Samples(string list) =>
            new CachedSamples(new FileSamples(FilePairs.Alone(ReadList(folder, list, fault), "label image", fault), masks));
    }

    private static List<FilePairs.Pair> ReadList(string folder, string name, Action<string> fault)
    {
        string list = Path.Combine(folder, name);
        if (!File.Exists(list))
            throw new UserErrorException($"CamVid's list '{list}' is missing: give the folder that holds train.txt and val.txt.");
        var names = new MaskNames();
        var pairs = new List<FilePairs.Pair>();
        string[] lines = Encoding.UTF8.GetString(ImageFile.ReadBytes(list)).TrimStart('\uFEFF').Split('\n');
        if (Array.TrueForAll(lines, string.IsNullOrWhiteSpace))
            throw new UserErrorException($"CamVid's list '{list}' is empty.");
        for (int i = 0; i < lines.Length; i++)
        {
            string[] paths = lines[i].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (paths.Length == 0)
                continue;
            if (paths.Length != 2)
            {
                fault(
                    $"'{list}', line {i + 1}: expected an image and a label image with a space or a tab between, found '{lines[i].Trim()}'."
                );
                continue;
            }
            string image = Locate(folder, paths[0], names),
                label = Locate(folder, paths[1], names);
            foreach (string path in new[] { image, label }.Where(path => !File.Exists(path)))
                fault($"'{list}', line {i + 1} names '{path}', which does not exist.");
            if (File.Exists(image) && File.Exists(label))
                pairs.Add(new FilePairs.Pair(image, label));
        }
        return pairs;
    }

    /// <summary>Where a listed file lies: relative to the folder, without what the list's author had before it.</summary>
    private static string Locate(string folder, string listed, MaskNames names)
    {
        string relative = listed.StartsWith(ListedPrefix, StringComparison.Ordinal) ? listed[ListedPrefix.Length..] : listed;
        string path = names.Find(Path.Combine(folder, relative));
        int root = listed.Replace('\\', '/').IndexOf(ListedFolder, StringComparison.OrdinalIgnoreCase);
        return File.Exists(path) || root < 0 ? path : names.Find(Path.Combine(folder, listed[(root + ListedFolder.Length)..]));
    }
}
