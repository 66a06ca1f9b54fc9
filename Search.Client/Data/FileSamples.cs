using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>Samples that are pairs of files.</summary>
internal sealed class FileSamples(IReadOnlyList<FileSamples.Pair> pairs, MaskFile masks) : ISampleSource
{
    /// <summary>Paths of an image and of its mask.</summary>
    public sealed record Pair(string Image, string Mask);

    /// <summary>Pairs each image with the mask that belongs to it.</summary>
    /// <param name="images">The images.</param>
    /// <param name="maskOf">Where an image's mask should be.</param>
    /// <param name="kind">What the data set calls a mask, for messages.</param>
    /// <param name="hint">What to do where one is missing, for messages.</param>
    /// <exception cref="UserErrorException">A mask is missing; the message names it.</exception>
    public static IReadOnlyList<Pair> Paired(IEnumerable<string> images, Func<string, string> maskOf, string kind, string hint = "")
    {
        List<Pair> pairs = [.. images.Select(image => new Pair(image, maskOf(image)))];
        return pairs.Find(pair => !File.Exists(pair.Mask)) is { } orphan
            ? throw new UserErrorException($"Image '{orphan.Image}' has no {kind}: '{orphan.Mask}' does not exist.{hint}")
            : pairs;
    }

    public int Count => pairs.Count;

    public IEnumerable<string> Files => pairs.SelectMany(pair => new[] { pair.Image, pair.Mask });

    public string NameOf(int index) => Path.GetFileName(pairs[index].Image);

    public Sample Load(int index)
    {
        Pair pair = pairs[index];
        RgbImage image = ImageFile.Read(pair.Image);
        LabelMap label = LoadLabel(index);
        return (image.Height, image.Width) == (label.Height, label.Width)
            ? new Sample(NameOf(index), image, label)
            : throw new UserErrorException($"Image '{pair.Image}' has {image.Height} x {image.Width} pixels (rows x columns), its mask '{pair.Mask}' {label.Height} x {label.Width}: they must be of one size.");
    }

    public LabelMap LoadLabel(int index) => masks.Read(pairs[index].Mask);
}
