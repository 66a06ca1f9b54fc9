using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// CamVid with 11 classes, in the layout of SegNet's tutorial: <c>train.txt</c> and <c>val.txt</c> list pairs of image and
/// label image, whose paths begin with <c>/SegNet/CamVid/</c> and are taken relative to the folder. Index 11 is "unlabelled".
/// </summary>
internal static class CamVidDataset
{
    private const string ListedPrefix = "/SegNet/CamVid/";
    private const byte Unlabelled = 11;

    /// <summary>The classes with the colours that CamVid's authors gave them.</summary>
    private static readonly SegmentationClass[] Classes =
    [
        new("sky", 128, 128, 128), new("building", 128, 0, 0), new("pole", 192, 192, 128), new("road", 128, 64, 128),
        new("pavement", 60, 40, 222), new("tree", 128, 128, 0), new("sign symbol", 192, 128, 128), new("fence", 64, 64, 128),
        new("car", 64, 0, 128), new("pedestrian", 64, 64, 0), new("bicyclist", 0, 128, 192),
    ];

    private static readonly LabelEncoding Encoding = LabelEncoding.Indices(Classes.Length, Unlabelled);

    public static SegmentationDataset Open(string folder)
    {
        var masks = new MaskFile(Classes, Encoding);
        return new SegmentationDataset("CamVid", Classes, Samples("train.txt"), Samples("val.txt")) { Encoding = Encoding, Lists = [Path.Combine(folder, "train.txt"), Path.Combine(folder, "val.txt")] };

        ISampleSource Samples(string list) => new CachedSamples(new FileSamples(ReadList(folder, list), masks));
    }

    private static List<FileSamples.Pair> ReadList(string folder, string name)
    {
        string list = Path.Combine(folder, name);
        if (!File.Exists(list)) throw new UserErrorException($"CamVid's list '{list}' is missing: give the folder that holds train.txt and val.txt.");
        var pairs = new List<FileSamples.Pair>();
        string[] lines = File.ReadAllLines(list);
        for (int i = 0; i < lines.Length; i++)
        {
            string[] paths = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (paths.Length == 0) continue;
            if (paths.Length != 2) throw new UserErrorException($"'{list}', line {i + 1}: expected an image and a label image with a space between, found '{lines[i]}'.");
            pairs.Add(new FileSamples.Pair(Locate(paths[0]), Locate(paths[1])));

            string Locate(string listed)
            {
                string relative = listed.StartsWith(ListedPrefix, StringComparison.Ordinal) ? listed[ListedPrefix.Length..] : listed;
                string path = Path.Combine(folder, relative);
                return File.Exists(path) ? path : throw new UserErrorException($"'{list}', line {i + 1} names '{path}', which does not exist.");
            }
        }
        return pairs.Count > 0 ? pairs : throw new UserErrorException($"CamVid's list '{list}' is empty.");
    }
}
