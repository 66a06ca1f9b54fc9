using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>Samples that are pairs of files.</summary>
internal sealed class FileSamples(IReadOnlyList<FileSamples.Pair> pairs, MaskFile masks) : ISampleSource
{
    /// <summary>Paths of an image and of its mask.</summary>
    public sealed record Pair(string Image, string Mask);

    public int Count => pairs.Count;

    public Sample Load(int index)
    {
        Pair pair = pairs[index];
        RgbImage image = ImageFile.Read(pair.Image);
        LabelMap label = LoadLabel(index);
        return (image.Height, image.Width) == (label.Height, label.Width)
            ? new Sample(Path.GetFileName(pair.Image), image, label)
            : throw new UserErrorException($"Image '{pair.Image}' has {image.Height} x {image.Width} pixels (rows x columns), its mask '{pair.Mask}' {label.Height} x {label.Width}: they must be of one size.");
    }

    public LabelMap LoadLabel(int index) => masks.Read(pairs[index].Mask);
}
