using FasterSeg.Search.Data;

namespace FasterSeg.Bench.Ranking;

/// <summary>Samples brought to one size: pictures bilinearly, labels by the nearest pixel.</summary>
internal sealed class SizedSamples(ISampleSource samples, int height, int width) : ISampleSource
{
    /// <inheritdoc/>
    public int Count => samples.Count;

    /// <inheritdoc/>
    public string NameOf(int index) => samples.NameOf(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        Sample sample = samples.Load(index);
        return sample with { Image = sample.Image.Resize(height, width), Label = sample.Label.Resize(height, width) };
    }
}
