using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>Samples that are brought to the deployed size, picture and label, as <see cref="FittedImage"/> does; without padding, which
/// the crops of a training have where they need it.</summary>
/// <param name="samples">Samples of any size.</param>
/// <param name="height">Rows of the network's input.</param>
/// <param name="width">Columns of the network's input.</param>
/// <param name="fit">How.</param>
internal sealed class FittedSamples(ISampleSource samples, int height, int width, ImageFit fit) : ISampleSource
{
    public int Count => samples.Count;

    public string NameOf(int index) => samples.NameOf(index);

    public Sample Load(int index)
    {
        Sample sample = samples.Load(index);
        FittedImage fitted = FittedImage.Of(sample.Image.Height, sample.Image.Width, height, width, fit);
        return sample with { Image = fitted.Take(sample.Image), Label = fitted.Take(sample.Label) };
    }

    public LabelMap LoadLabel(int index)
    {
        LabelMap label = samples.LoadLabel(index);
        return FittedImage.Of(label.Height, label.Width, height, width, fit).Take(label);
    }

    public IReadOnlyList<string> FilesOf(int index) => samples.FilesOf(index);

    public SampleExamination Examine(int index, int classes, bool pictures) => samples.Examine(index, classes, pictures);
}
