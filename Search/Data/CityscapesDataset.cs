using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// Cityscapes as it is downloaded: <c>leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png</c> and
/// <c>gtFine/SPLIT/CITY/NAME_gtFine_labelIds.png</c>. Label ids become train ids as they are read, and predictions label ids as they are
/// written, in the layout that the benchmark's server takes.
/// </summary>
internal static class CityscapesDataset
{
    private const string ImageSuffix = "_leftImg8bit",
        LabelSuffix = "_gtFine_labelIds",
        PredictionSuffix = "_predictedLabelIds";
    private const string Label = "label";
    private const byte MostIds = 33;

    /// <summary>The label id of each train id.</summary>
    private static readonly byte[] Ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];

    public static SegmentationDataset Open(string folder, Action<string> fault)
    {
        LabelEncoding encoding = LabelEncoding.Ids(Ids, Enumerable.Range(0, MostIds + 1).Select(id => (byte)id).Except(Ids));
        var masks = new MaskFile(StreetClasses.All, encoding);
        return new("Cityscapes", StreetClasses.All, Samples("train"), Samples("val"))
        {
            Test = Directory.Exists(Path.Combine(folder, "leftImg8bit", "test")) ? new ImageSamples(Images(folder, "test")) : null,
            Encoding = encoding,
            Unpaired = [.. Spare(folder, "train"), .. Spare(folder, "val")],
            // No label id is 255; of train ids it is the one that stands for the rest.
            ValuesFault = values =>
                values.Contains(LabelMap.Ignore) && values.All(value => value < Ids.Length || value == LabelMap.Ignore)
                    ? $"The files *{LabelSuffix}.png hold train ids (0 to {Ids.Length - 1}, and 255) and not label ids: take them "
                        + "from gtFine_trainvaltest.zip as it is downloaded."
                    : null,
            PredictionPath = name =>
                Path.Combine(
                    "results",
                    Path.GetFileNameWithoutExtension(name).Replace(ImageSuffix, "", StringComparison.Ordinal) + PredictionSuffix + ".png"
                ),
        };

        ISampleSource Samples(string split) =>
            new CachedSamples(
                new FileSamples(
                    FilePairs.Of(
                        Images(folder, split),
                        image => LabelOf(folder, split, image),
                        Label,
                        fault,
                        " Unpack gtFine_trainvaltest.zip beside leftImg8bit."
                    ),
                    masks
                )
            );
    }

    private static IReadOnlyList<string> Images(string folder, string split)
    {
        string images = Path.Combine(folder, "leftImg8bit", split);
        if (!Directory.Exists(images))
            throw new UsageException(
                $"Cityscapes needs '{images}', which does not exist: name the folder into which leftImg8bit_trainvaltest.zip and "
                    + "gtFine_trainvaltest.zip were unpacked."
            );
        string[] paths =
        [
            .. ImageFolder
                .Visible(images, deep: true, ".png")
                .Where(path => Path.GetFileNameWithoutExtension(path).EndsWith(ImageSuffix, StringComparison.Ordinal)),
        ];
        return paths.Length > 0
            ? paths
            : throw new UserErrorException($"There is no image such as aachen_000000_000019{ImageSuffix}.png below '{images}'.");
    }

    private static IEnumerable<string> Spare(string folder, string split)
    {
        string labels = Path.Combine(folder, "gtFine", split);
        return FilePairs.Spare(
            (Directory.Exists(labels) ? ImageFolder.Visible(labels, deep: true, ".png") : []).Where(path =>
                Path.GetFileNameWithoutExtension(path).EndsWith(LabelSuffix, StringComparison.Ordinal)
            ),
            Images(folder, split),
            image => LabelOf(folder, split, image),
            Label
        );
    }

    private static string LabelOf(string folder, string split, string image)
    {
        string city = Path.GetFileName(Path.GetDirectoryName(image)!);
        string name = Path.GetFileNameWithoutExtension(image).Replace(ImageSuffix, LabelSuffix, StringComparison.Ordinal);
        return Path.Combine(folder, "gtFine", split, city, name + ".png");
    }
}
