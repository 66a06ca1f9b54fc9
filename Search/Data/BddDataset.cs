using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// BDD100K's semantic segmentation, in either of the layouts it was given out in: <c>images/10k/SPLIT/NAME.jpg</c> with
/// <c>labels/sem_seg/masks/SPLIT/NAME.png</c>, or the older <c>seg/images/SPLIT/NAME.jpg</c> with
/// <c>seg/labels/SPLIT/NAME_train_id.png</c>. Labels are Cityscapes' train ids.
/// </summary>
internal static class BddDataset
{
    private const string Label = "label";

    private sealed record Layout(string Images, string Labels, string LabelSuffix);

    private static readonly Layout[] Layouts =
    [
        new(Path.Combine("images", "10k"), Path.Combine("labels", "sem_seg", "masks"), ""),
        new(Path.Combine("seg", "images"), Path.Combine("seg", "labels"), "_train_id"),
    ];

    public static SegmentationDataset Open(string folder, Action<string> fault)
    {
        Layout layout = Array.Find(Layouts, each => Directory.Exists(Path.Combine(folder, each.Images, "train")))
            ?? throw new UserErrorException(
                $"'{folder}' holds neither {Path.Combine(Layouts[0].Images, "train")} nor "
                    + $"{Path.Combine(Layouts[1].Images, "train")}: name the folder bdd100k into "
                    + "which images and segmentation labels were unpacked."
            );
        var masks = new MaskFile(StreetClasses.All, LabelEncoding.Indices(StreetClasses.All.Length));
        return new("BDD100K", StreetClasses.All, Samples("train"), Samples("val"))
        {
            Test = Directory.Exists(Path.Combine(folder, layout.Images, "test")) ? new ImageSamples(Images(folder, layout, "test")) : null,
            Unpaired = [.. Spare("train"), .. Spare("val")],
        };

        ISampleSource Samples(string split) =>
            new CachedSamples(
                new FileSamples(FilePairs.Of(Images(folder, layout, split), image => LabelOf(split, image), Label, fault), masks)
            );

        IEnumerable<string> Spare(string split)
        {
            string labels = Path.Combine(folder, layout.Labels, split);
            return FilePairs.Spare(
                Directory.Exists(labels) ? ImageFolder.Visible(labels, deep: false, ".png") : [],
                Images(folder, layout, split),
                image => LabelOf(split, image),
                Label
            );
        }

        string LabelOf(string split, string image) =>
            Path.Combine(folder, layout.Labels, split, Path.GetFileNameWithoutExtension(image) + layout.LabelSuffix + ".png");
    }

    private static IReadOnlyList<string> Images(string folder, Layout layout, string split)
    {
        string images = Path.Combine(folder, layout.Images, split);
        return Directory.Exists(images)
            ? ImageFolder.Jpegs(images)
            : throw new UsageException($"BDD100K needs '{images}', which does not exist.");
    }
}
