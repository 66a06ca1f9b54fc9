using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Export;

/// <summary>What an exported file says of itself, as far as a prediction goes by it. All of it is checked when it is read: a wrong value
/// would give a plausible picture, or none.</summary>
/// <param name="Input">How a picture becomes its input.</param>
/// <param name="IsDescribed">False of a file of an older version, which says nothing.</param>
/// <param name="Size">Rows and columns that pictures are brought to where the file leaves them open; null where it does not say.</param>
/// <param name="IsClasses">Whether it ends in classes; null where it does not say.</param>
/// <param name="Stride">The input's rows over the output's; null where it does not say.</param>
/// <param name="Classes">The classes' names; null where it does not say.</param>
/// <param name="ClassCounts">Everything that tells how many classes there are, with its name.</param>
internal sealed record NetworkDescription(
    NetworkInput Input,
    bool IsDescribed,
    (int Height, int Width)? Size,
    bool? IsClasses,
    int? Stride,
    ClassList? Classes,
    IReadOnlyList<(string Name, int Count)> ClassCounts
)
{
    private const string AnyNumber = "a number of 0 or more";

    /// <summary>Reads and checks.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="UserErrorException">Something is missing, wrong, or says what this build cannot do; the message names its
    /// key.</exception>
    public static NetworkDescription Read(IReadOnlyDictionary<string, string> metadata, string path)
    {
        var says = new MetadataReader(metadata, path);
        var counts = new List<(string, int)>();
        if (says.TextIfSaid(ClassOutput.CountKey) is { } text)
            counts.Add(
                (ClassOutput.CountKey, int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0)
            );
        if (says.TextIfSaid(MetadataKeys.Format) is null)
            return new(NetworkInput.Plain, IsDescribed: false, null, null, null, null, counts);

        _ = says.Word(MetadataKeys.Format, (NetworkMetadata.Format, true));
        var input = NetworkInput.Read(says);
        _ = says.WordIfSaid(MetadataKeys.Multiple, (SearchSpace.SideMultiple.ToString(CultureInfo.InvariantCulture), true));
        _ = says.WordIfSaid(MetadataKeys.Enlargement, (NetworkMetadata.Bilinear, true));
        _ = says.WordIfSaid(MetadataKeys.AlignCorners, (NetworkMetadata.True, true));
        _ = says.WordIfSaid(MetadataKeys.Ignore, (LabelMap.Ignore.ToString(CultureInfo.InvariantCulture), true));
        _ = says.WordIfSaid(MetadataKeys.Role, (Role.Student.Name(), true), (Role.Teacher.Name(), true));
        foreach (string key in new[] { MetadataKeys.Epochs, MetadataKeys.Estimate, MetadataKeys.Measured })
        {
            if (says.TextIfSaid(key) is not null)
                says.Number(key, number => number >= 0, AnyNumber);
        }
        ClassList? classes = says.TextIfSaid(MetadataKeys.Classes) is { } list
            ? ClassList.Read(list, $"{MetadataKeys.Classes} in the metadata of {path}")
            : null;
        if (classes is not null)
            counts.Add((MetadataKeys.Classes, classes.Classes.Count));
        if (says.TextIfSaid(MetadataKeys.Architecture) is { } network)
            counts.Add(
                (
                    MetadataKeys.Architecture,
                    DerivedArchitectureJson.Read(network, $"{MetadataKeys.Architecture} in the metadata of {path}").Classes
                )
            );
        return new(
            input,
            IsDescribed: true,
            SizeOf(says),
            says.WordIfSaid(MetadataKeys.Output, (ClassOutput.Name, true), (NetworkExporter.OutputName, false)),
            says.WordIfSaid(MetadataKeys.Stride, ("1", 1), ("8", 8)),
            classes,
            counts
        );
    }

    private static (int, int)? SizeOf(MetadataReader says)
    {
        if (says.TextIfSaid(MetadataKeys.Size) is null)
            return null;
        float[] sides = says.Numbers(
            MetadataKeys.Size,
            2,
            side => side >= ExportForm.LeastOpenSide && side <= SearchSpace.LargestSide && side % SearchSpace.SideMultiple == 0,
            $"rows and columns, multiples of {SearchSpace.SideMultiple} from {ExportForm.LeastOpenSide} on,"
        );
        return ((int)sides[0], (int)sides[1]);
    }
}
