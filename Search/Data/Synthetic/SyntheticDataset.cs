using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data.Synthetic;

/// <summary>
/// Procedural street scenes: not photographs, and no benchmark. They exist so that everything can be shown and tested without
/// a download, with labels that are exact by construction. The same index is the same scene, on every machine and in every run.
/// </summary>
internal static class SyntheticDataset
{
    private const int SmallestSide = 32,
        LargestSide = 4096;

    public static SegmentationDataset Open(DataOptions options)
    {
        foreach (
            (string name, int side) in new[] { ("syntheticHeight", options.SyntheticHeight), ("syntheticWidth", options.SyntheticWidth) }
        )
        {
            if (side is < SmallestSide or > LargestSide)
                throw new UsageException($"Configuration, data:{name} is {side}; use {SmallestSide} to {LargestSide}.");
        }
        if (options.SyntheticImages < 1)
            throw new UsageException($"Configuration, data:syntheticImages is {options.SyntheticImages}; use 1 or more.");
        var train = new Scenes("train", options.SyntheticHeight, options.SyntheticWidth, options.SyntheticImages);
        var validation = new Scenes("val", options.SyntheticHeight, options.SyntheticWidth, Math.Max(1, options.SyntheticImages / 4));
        return new SegmentationDataset(
            "synthetic street scenes",
            SceneClasses.All,
            new CachedSamples(train),
            new CachedSamples(validation)
        );
    }

    private sealed class Scenes(string split, int height, int width, int count) : ISampleSource
    {
        public int Count => count;

        public string NameOf(int index) => $"synthetic {split} {index}";

        public Sample Load(int index)
        {
            var random = new StableRandom(split == "train" ? 0 : 1, index);
            (RgbImage image, LabelMap label) = StreetScene.Draw(height, width, random);
            return new Sample(NameOf(index), image, label);
        }
    }
}
