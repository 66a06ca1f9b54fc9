using System.Globalization;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>Reads the parts of a network back from a model that <see cref="OnnxGraphBuilder"/> wrote.</summary>
public static class OnnxNetworkReader
{
    /// <summary>The parts in the order in which they were appended; every node of the graph is in exactly one.</summary>
    /// <exception cref="FormatException">A node does not say which part it belongs to; the message names the node.</exception>
    public static IReadOnlyList<OnnxPart> Parts(ModelProto model) =>
        [
            .. model
                .Graph.Node.GroupBy(PartOf)
                .OrderBy(group => group.Key.Number)
                .Select(group => new OnnxPart(group.Key.Number, group.Key.Spec, [.. group])),
        ];

    private static (int Number, OperatorSpec Spec) PartOf(NodeProto node)
    {
        int space = node.Name.IndexOf(' ', StringComparison.Ordinal);
        if (
            space > 0
            && int.TryParse(node.Name.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && node.Name.AsSpan(space + 1).StartsWith(node.DocString + " ", StringComparison.Ordinal)
            && OperatorKey.TryParse(node.DocString, out OperatorSpec? spec)
        )
        {
            return (number, spec);
        }
        throw new FormatException(
            $"Node '{node.Name}' does not say which part of the network it belongs to; it was not written by fasterseg."
        );
    }
}
