namespace FasterSeg.Search.Data;

/// <summary>
/// Keeps decoded samples of a small set in memory, so that only its first epoch decodes. A sample is kept if the whole set
/// would fit the limit with every sample as large as this one; so a large set is not cached, and the limit always holds.
/// </summary>
/// <param name="samples">Where samples come from.</param>
/// <param name="limitBytes">Most memory that the kept samples take.</param>
public sealed class CachedSamples(ISampleSource samples, long limitBytes = CachedSamples.DefaultLimitBytes) : ISampleSource
{
    /// <summary>1 GiB: CamVid takes a third of it.</summary>
    public const long DefaultLimitBytes = 1L << 30;

    /// <summary>Where samples come from.</summary>
    internal ISampleSource Source => samples;

    private readonly Sample?[] kept = new Sample?[samples.Count];

    /// <inheritdoc/>
    public int Count => samples.Count;

    /// <inheritdoc/>
    public string NameOf(int index) => samples.NameOf(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        if (kept[index] is { } sample)
            return sample;
        sample = samples.Load(index);
        long bytes = sample.Image.Pixels.LongLength + sample.Label.Classes.LongLength;
        if (bytes <= limitBytes / Count)
            kept[index] = sample;
        return sample;
    }

    /// <inheritdoc/>
    public LabelMap LoadLabel(int index) => kept[index]?.Label ?? samples.LoadLabel(index);

    /// <inheritdoc/>
    public IReadOnlyList<string> FilesOf(int index) => samples.FilesOf(index);

    /// <inheritdoc/>
    public SampleExamination Examine(int index, int classes, bool pictures) => samples.Examine(index, classes, pictures);
}
