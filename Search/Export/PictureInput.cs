using System.Runtime.InteropServices;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Data;
using Google.Protobuf;
using static FasterSeg.Onnx.Messages.AttributeProto.Types;

namespace FasterSeg.Search.Export;

/// <summary>Makes a network begin with a picture's bytes instead of normalized values.</summary>
internal static class PictureInput
{
    private const int Float32 = 1;
    private const int UInt8 = 2;
    private const string Normalized = "normalized";

    /// <summary>Puts the normalization before a model; the model is changed.</summary>
    /// <param name="model">A model whose one input is float32 [N, 3, H, W], normalized.</param>
    /// <param name="layout">How the bytes come.</param>
    public static void Prepend(ModelProto model, PictureLayout layout)
    {
        GraphProto graph = model.Graph;
        ValueInfoProto image = graph.Input.Single();
        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                if (node.Input[i] == image.Name)
                    node.Input[i] = Normalized;
            }
        }
        image.Type.TensorType.ElemType = UInt8;
        string picture = "float";
        var nodes = new List<NodeProto>
        {
            Node(
                "Cast",
                [image.Name],
                picture,
                new AttributeProto
                {
                    Name = "to",
                    Type = AttributeType.Int,
                    I = Float32,
                }
            ),
        };
        if (layout == PictureLayout.Nhwc)
        {
            var sides = image.Type.TensorType.Shape.Dim;
            TensorShapeProto.Types.Dimension channels = sides[1];
            sides.RemoveAt(1);
            sides.Add(channels);
            nodes.Add(
                Node(
                    "Transpose",
                    [picture],
                    "planes",
                    new AttributeProto
                    {
                        Name = "perm",
                        Type = AttributeType.Ints,
                        Ints = { 0, 3, 1, 2 },
                    }
                )
            );
            picture = "planes";
        }
        // (x / 255 - mean) / deviation, as one product and one sum.
        graph.Initializer.Add(Constant("factor", channel => 1 / (255.0 * Normalization.StandardDeviation[channel])));
        graph.Initializer.Add(
            Constant("offset", channel => -(double)Normalization.Mean[channel] / Normalization.StandardDeviation[channel])
        );
        nodes.Add(Node("Mul", [picture, "factor"], "scaled"));
        nodes.Add(Node("Add", ["scaled", "offset"], Normalized));
        for (int i = 0; i < nodes.Count; i++)
            graph.Node.Insert(i, nodes[i]);
    }

    private static NodeProto Node(string type, string[] inputs, string output, params AttributeProto[] attributes) =>
        new()
        {
            Name = "normalize " + type,
            OpType = type,
            Input = { inputs },
            Output = { output },
            Attribute = { attributes },
        };

    /// <summary>A value for each channel, [1, 3, 1, 1].</summary>
    private static TensorProto Constant(string name, Func<int, double> value)
    {
        float[] values = [.. Enumerable.Range(0, Normalization.Channels).Select(channel => (float)value(channel))];
        return new TensorProto
        {
            Name = name,
            DataType = Float32,
            Dims = { 1, Normalization.Channels, 1, 1 },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };
    }
}
