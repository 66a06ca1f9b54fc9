using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>A data set: what it is called, its classes, and its samples for training and validation.</summary>
/// <param name="Name">For people, e.g. <c>CamVid</c>.</param>
/// <param name="Classes">The classes; their positions are the labels.</param>
/// <param name="Train">Training samples.</param>
/// <param name="Validation">Validation samples.</param>
public sealed record SegmentationDataset(
    string Name, IReadOnlyList<SegmentationClass> Classes, ISampleSource Train, ISampleSource Validation)
{
    /// <summary>The samples of a split by its name on the command line.</summary>
    /// <exception cref="UsageException">Neither <c>train</c> nor <c>val</c>.</exception>
    public ISampleSource Split(string name) => name switch
    {
        "train" => Train,
        "val" => Validation,
        _ => throw new UsageException($"There is no split '{name}': use train or val."),
    };
}
