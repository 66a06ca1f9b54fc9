namespace FasterSeg.Search.Client.Data;

/// <summary>Samples by index. Implementations may be called from several threads at once.</summary>
public interface ISampleSource
{
    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>Decodes a sample; the same one for the same index, always. What comes back is shared: don't write into it.</summary>
    /// <exception cref="Operators.UserErrorException">The picture or the label is unusable; the message names the file.</exception>
    Sample Load(int index);

    /// <summary>Decodes only the label of a sample.</summary>
    /// <exception cref="Operators.UserErrorException">The label is unusable; the message names the file.</exception>
    LabelMap LoadLabel(int index) => Load(index).Label;

    /// <summary>A sample's name, without decoding it where that can be.</summary>
    string NameOf(int index) => Load(index).Name;

    /// <summary>The files that the samples are read from; none where they are made up.</summary>
    IEnumerable<string> Files => [];
}
