namespace FasterSeg.Search.Data;

/// <summary>Some samples of a source.</summary>
/// <param name="samples">The source.</param>
/// <param name="indices">Which.</param>
internal sealed class SamplePart(ISampleSource samples, int[] indices) : ISampleSource
{
    public int Count => indices.Length;

    public string NameOf(int index) => samples.NameOf(indices[index]);

    public Sample Load(int index) => samples.Load(indices[index]);

    public LabelMap LoadLabel(int index) => samples.LoadLabel(indices[index]);

    public IReadOnlyList<string> FilesOf(int index) => samples.FilesOf(indices[index]);
}
