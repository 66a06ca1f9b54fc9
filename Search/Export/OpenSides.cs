using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;

namespace FasterSeg.Search.Export;

/// <summary>Which rows and columns an exported file takes that leaves them open; whoever runs it with others learns from ONNX Runtime only
/// that two maps inside do not fit.</summary>
public static class OpenSides
{
    /// <summary>Passes sides that a file takes, and all of a file that does not say which those are.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="path">Its name, for the message.</param>
    /// <param name="shapes">Names of inputs, and their sides.</param>
    /// <exception cref="UsageException">Rows or columns are none that it takes.</exception>
    public static void Require(ReadOnlySpan<byte> model, string path, IEnumerable<(string Name, IReadOnlyList<long> Sides)> shapes)
    {
        ModelProto read;
        try
        {
            read = ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException)
        {
            // The profiler says what is wrong with it.
            return;
        }
        if (!read.MetadataProps.Any(one => one.Key == MetadataKeys.Multiple))
            return;
        foreach ((string name, IReadOnlyList<long> sides) in shapes)
        {
            var dimensions = read.Graph?.Input.FirstOrDefault(one => one.Name == name)?.Type?.TensorType?.Shape?.Dim;
            if (dimensions is null || dimensions.Count != sides.Count)
                continue;
            long[] fitting =
            [
                .. sides.Zip(dimensions, (side, dimension) => dimension.DimParam is "height" or "width" ? Nearest(side) : side),
            ];
            if (!fitting.SequenceEqual(sides))
                throw new UsageException(
                    $"--shape {name}={string.Join('x', sides)} is no shape that {path} takes: its rows and columns are multiples of "
                        + FormattableString.Invariant($"{SearchSpace.SideMultiple} from {ExportForm.LeastOpenSide} to ")
                        + FormattableString.Invariant($"{SearchSpace.LargestSide}, such as --shape {name}={string.Join('x', fitting)}.")
                );
        }
    }

    private static long Nearest(long side) =>
        (Math.Clamp(side, ExportForm.LeastOpenSide, SearchSpace.LargestSide) + SearchSpace.SideMultiple - 1)
        / SearchSpace.SideMultiple
        * SearchSpace.SideMultiple;
}
