namespace FasterSeg.Search.Data;

/// <summary>Images without labels: every pixel of their labels is <see cref="LabelMap.Ignore"/>.</summary>
/// <param name="paths">The files.</param>
internal sealed class ImageSamples(IReadOnlyList<string> paths) : ISampleSource
{
    public int Count => paths.Count;

    public IReadOnlyList<string> FilesOf(int index) => [paths[index]];

    public string NameOf(int index) => Path.GetFileName(paths[index]);

    public Sample Load(int index)
    {
        RgbImage image = ImageFile.Read(paths[index]);
        var none = new byte[image.Height * image.Width];
        none.AsSpan().Fill(LabelMap.Ignore);
        return new(NameOf(index), image, new(image.Height, image.Width, none));
    }
}
