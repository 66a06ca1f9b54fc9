using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// Cityscapes as it is downloaded: <c>leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png</c> and <c>gtFine/SPLIT/CITY/NAME_gtFine_labelIds.png</c>. Label ids
/// become train ids as they are read, and predictions label ids as they are written, in the layout that the benchmark's server takes.
/// </summary>
internal static class CityscapesDataset
{
    private const string ImageSuffix = "_leftImg8bit", LabelSuffix = "_gtFine_labelIds", PredictionSuffix = "_predictedLabelIds";
    private const byte MostIds = 33;

    /// <summary>The label id of each train id.</summary>
    private static readonly byte[] Ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];

    public static SegmentationDataset Open(string folder)
    {
        LabelEncoding encoding = LabelEncoding.Ids(Ids, Enumerable.Range(0, MostIds + 1).Select(id => (byte)id).Except(Ids));
        var masks = new MaskFile(StreetClasses.All, encoding);
        return new("Cityscapes", StreetClasses.All, Samples("train"), Samples("val"))
        {
            Test = Directory.Exists(Path.Combine(folder, "leftImg8bit", "test")) ? new ImageSamples(Images(folder, "test")) : null,
            Encoding = encoding,
            PredictionPath = name => Path.Combine("results", Path.GetFileNameWithoutExtension(name).Replace(ImageSuffix, "", StringComparison.Ordinal) + PredictionSuffix + ".png"),
        };

        ISampleSource Samples(string split) => new CachedSamples(new FileSamples(FileSamples.Paired(
            Images(folder, split), image => LabelOf(folder, split, image), "label", " Unpack gtFine_trainvaltest.zip beside leftImg8bit."), masks));
    }

    private static IReadOnlyList<string> Images(string folder, string split)
    {
        string images = Path.Combine(folder, "leftImg8bit", split);
        if (!Directory.Exists(images))
            throw new UserErrorException($"Cityscapes needs '{images}', which does not exist: name the folder into which leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip were unpacked.");
        string[] paths = [.. Directory.EnumerateFiles(images, $"*{ImageSuffix}.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return paths.Length > 0 ? paths : throw new UserErrorException($"There is no image such as aachen_000000_000019{ImageSuffix}.png below '{images}'.");
    }

    private static string LabelOf(string folder, string split, string image)
    {
        string city = Path.GetFileName(Path.GetDirectoryName(image)!);
        string name = Path.GetFileName(image).Replace(ImageSuffix, LabelSuffix, StringComparison.Ordinal);
        return Path.Combine(folder, "gtFine", split, city, name);
    }
}
