using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>Samples by index. Implementations may be called from several threads at once.</summary>
public interface ISampleSource
{
    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>Decodes a sample; the same one for the same index, always. What comes back is shared: don't write into it.</summary>
    /// <exception cref="UserErrorException">The picture or the label is unusable; the message names the file.</exception>
    Sample Load(int index);

    /// <summary>Decodes only the label of a sample.</summary>
    /// <exception cref="UserErrorException">The label is unusable; the message names the file.</exception>
    LabelMap LoadLabel(int index) => Load(index).Label;

    /// <summary>A sample's name, without decoding it where that can be.</summary>
    string NameOf(int index) => Load(index).Name;

    /// <summary>The files that a sample is read from; none where it is made.</summary>
    IReadOnlyList<string> FilesOf(int index) => [];

    /// <summary>The files that all samples are read from.</summary>
    IEnumerable<string> Files => Enumerable.Range(0, Count).SelectMany(FilesOf);

    /// <summary>Counts a sample's labels and finds all that is wrong with it; throws for nothing that a user can mend.</summary>
    /// <param name="index">The sample.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="pictures">Decode its picture too, and not only look at its size.</param>
    SampleExamination Examine(int index, int classes, bool pictures)
    {
        try
        {
            return new SampleExamination(LabelCount.Of(Load(index).Label, classes), []);
        }
        catch (UserErrorException fault)
        {
            return new SampleExamination(null, [fault.Message]);
        }
    }
}
