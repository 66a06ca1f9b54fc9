using FasterSeg.Latency;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>A data set: what it is called, its classes, and its samples for training and validation.</summary>
/// <param name="Name">For people, e.g. <c>CamVid</c>.</param>
/// <param name="Classes">The classes; their positions are the labels.</param>
/// <param name="Train">Training samples.</param>
/// <param name="Validation">Validation samples.</param>
public sealed record SegmentationDataset(
    string Name,
    IReadOnlyList<SegmentationClass> Classes,
    ISampleSource Train,
    ISampleSource Validation
)
{
    private (int Height, int Width, ImageFit Fit)? fitted;

    /// <summary>What <see cref="DatasetLocator"/> opens it by; null where it was made otherwise.</summary>
    public string? Location { get; init; }

    /// <summary>Images whose labels nobody has; null where there are none.</summary>
    public ISampleSource? Test { get; init; }

    /// <summary>What the values of its label images mean.</summary>
    public LabelEncoding Encoding { get; init; } = LabelEncoding.Indices(Classes.Count);

    /// <summary>What is wrong where masks hold these values and no others; null where nothing is.</summary>
    public Func<IReadOnlySet<int>, string?>? ValuesFault { get; init; }

    /// <summary>Sentences about masks that have no image; a data set whose lists name the pairs has none.</summary>
    public IReadOnlyList<string> Unpaired { get; init; } = [];

    /// <summary>Where a prediction goes below the folder of all of them, by its sample's name.</summary>
    public Func<string, string> PredictionPath { get; init; } = PngOf;

    /// <summary>Files that say what the classes are and what belongs to the splits.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Every file that is read for the set.</summary>
    public IEnumerable<string> Files => [.. Lists, .. Train.Files, .. Validation.Files, .. Test?.Files ?? []];

    /// <summary>A file for what was predicted on a picture, by the picture's name.</summary>
    public static string PngOf(string name) => Path.GetFileNameWithoutExtension(name) + ".png";

    /// <summary>The samples of a split by its name on the command line.</summary>
    /// <exception cref="UsageException">None of <c>train</c>, <c>val</c> and, where there is one, <c>test</c>.</exception>
    public ISampleSource Split(string name) =>
        name switch
        {
            "train" => Train,
            "val" => Validation,
            "test" when Test is not null => Test,
            _ => throw new UsageException($"{Name} has no split '{name}': use {(Test is null ? "train or val" : "train, val or test")}."),
        };

    /// <summary>
    /// The set with its training and validation samples brought to the deployed size, as networks are searched and trained; the set itself
    /// where the configuration leaves them at their own (<see cref="ImageFit.Own"/>), or it is that already.
    /// </summary>
    public SegmentationDataset FittedTo(FasterSegOptions options)
    {
        var size = (options.Space.Height, options.Space.Width, options.Data.Fit);
        return options.Data.Fit == ImageFit.Own || fitted == size
            ? this
            : this with
            {
                fitted = size,
                Train = Fitted(Train),
                Validation = Fitted(Validation),
            };

        // Where samples are kept in memory, those of this size are, and not of both.
        ISampleSource Fitted(ISampleSource samples) =>
            samples is CachedSamples kept
                ? new CachedSamples(new FittedSamples(kept.Source, size.Height, size.Width, size.Fit))
                : new FittedSamples(samples, size.Height, size.Width, size.Fit);
    }

    /// <summary>Passes where the set has as many classes as the space.</summary>
    /// <exception cref="UsageException">It has more or fewer.</exception>
    public void RequireClasses(SpaceOptions space)
    {
        if (Classes.Count != space.Classes)
            throw new UsageException(
                $"{Name} has {Classes.Count} classes, but space:classes is {space.Classes}: set it to {Classes.Count}."
            );
    }
}
