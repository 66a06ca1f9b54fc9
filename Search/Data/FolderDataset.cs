using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// Somebody's own data: <c>images/train</c>, <c>images/val</c> (PNG, JPEG, WebP or BMP), <c>masks/train</c>, <c>masks/val</c> (PNG of the
/// same name, see <see cref="MaskFile"/>) and <c>classes.json</c> (see <see cref="ClassesFile"/>).
/// </summary>
internal static class FolderDataset
{
    private const string Mask = "mask";

    public static SegmentationDataset Open(string folder, Action<string> fault)
    {
        ClassesFile file = ClassesFile.Read(Path.Combine(folder, "classes.json"));
        LabelEncoding encoding = LabelEncoding.Indices(file.Classes.Count, file.Ignore, file.FirstIndex, isChosen: true);
        var masks = new MaskFile(file.Classes, encoding, file.IgnoreColour);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new SegmentationDataset(name, file.Classes, Samples("train"), Samples("val"))
        {
            Test = Directory.Exists(Path.Combine(folder, "images", "test")) ? new ImageSamples(Images(folder, "test")) : null,
            Encoding = encoding,
            Lists = [Path.Combine(folder, "classes.json")],
            Unpaired = [.. Spare(folder, "train"), .. Spare(folder, "val")],
        };

        ISampleSource Samples(string split) => new CachedSamples(new FileSamples(Pairs(folder, split, fault), masks));
    }

    private static IReadOnlyList<FilePairs.Pair> Pairs(string folder, string split, Action<string> fault)
    {
        string images = Path.Combine(folder, "images", split),
            masks = Path.Combine(folder, "masks", split);
        foreach (string needed in new[] { images, masks })
        {
            if (!Directory.Exists(needed))
                throw new UsageException($"The data folder needs '{needed}', which does not exist.");
        }
        return FilePairs.Of(Images(folder, split), image => MaskOf(masks, image), Mask, fault);
    }

    private static IEnumerable<string> Spare(string folder, string split)
    {
        string masks = Path.Combine(folder, "masks", split);
        return FilePairs.Spare(
            ImageFolder.Visible(masks, deep: false, [.. ImageFolder.Extensions]),
            Images(folder, split),
            image => MaskOf(masks, image),
            Mask
        );
    }

    private static string MaskOf(string masks, string image) => Path.Combine(masks, Path.GetFileNameWithoutExtension(image) + ".png");

    private static IReadOnlyList<string> Images(string folder, string split) => ImageFolder.Files(Path.Combine(folder, "images", split));
}
