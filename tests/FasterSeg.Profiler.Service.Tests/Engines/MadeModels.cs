using System.Runtime.InteropServices;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;
using static FasterSeg.Onnx.Messages.AttributeProto.Types;

namespace FasterSeg.Profiler.Service.Tests.Engines;

/// <summary>Models as other people's exporters write them, made by hand. A side is a number, or a name where it is dynamic.</summary>
internal static class MadeModels
{
    public const int Float32 = 1,
        Bytes = 2,
        Ints = 6,
        Longs = 7,
        Text = 8,
        Booleans = 9,
        Float16 = 10,
        Float64 = 11;

    /// <summary>A model of opset 13.</summary>
    public static ModelProto Model(
        IEnumerable<NodeProto> nodes,
        IEnumerable<ValueInfoProto> inputs,
        IEnumerable<ValueInfoProto> outputs,
        params TensorProto[] weights
    )
    {
        var graph = new GraphProto
        {
            Name = "made",
            Node = { nodes },
            Input = { inputs },
            Output = { outputs },
            Initializer = { weights },
        };
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = graph,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 13 },
            },
        };
        if (nodes.Any(node => node.Domain == "ai.onnx.ml"))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 });
        return model;
    }

    public static NodeProto Node(string type, string inputs, string outputs, params AttributeProto[] attributes) =>
        new()
        {
            OpType = type,
            Input = { inputs.Split(' ').Select(name => name == "-" ? "" : name) },
            Output = { outputs.Split(' ') },
            Attribute = { attributes },
        };

    public static AttributeProto Number(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    public static AttributeProto Numbers(string name, params long[] values) =>
        new()
        {
            Name = name,
            Type = AttributeType.Ints,
            Ints = { values },
        };

    public static AttributeProto Word(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    /// <summary>An input or output.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sides">Such as <c>batch 3 64 96</c>; empty for a scalar, null for a shape that is not said.</param>
    /// <param name="type">Kind of number.</param>
    public static ValueInfoProto Value(string name, string? sides, int type = Float32)
    {
        var value = new ValueInfoProto
        {
            Name = name,
            Type = new() { TensorType = new() { ElemType = type } },
        };
        if (sides is null)
            return value;
        value.Type.TensorType.Shape = new();
        foreach (string side in sides.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            value.Type.TensorType.Shape.Dim.Add(
                long.TryParse(side, out long number)
                    ? new TensorShapeProto.Types.Dimension { DimValue = number }
                    : new TensorShapeProto.Types.Dimension { DimParam = side }
            );
        }
        return value;
    }

    public static TensorProto Integers(string name, params long[] values) =>
        new()
        {
            Name = name,
            DataType = Longs,
            Dims = { values.Length },
            Int64Data = { values },
        };

    public static TensorProto Kernel(string name, params long[] sides)
    {
        float[] values = [.. Enumerable.Range(0, (int)sides.Aggregate(1L, (a, b) => a * b)).Select(i => 0.01f * ((i % 7) - 3))];
        return new()
        {
            Name = name,
            DataType = Float32,
            Dims = { sides },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };
    }

    /// <summary>
    /// A convolution of stride 2, and an enlargement back to the input's size, which it reads at run time: a typical dynamic export.
    /// </summary>
    public static ModelProto Segmentation(ValueInfoProto input, ValueInfoProto output) =>
        Model(
            [
                Node("Conv", "x w", "f", Numbers("strides", 2, 2), Numbers("pads", 1, 1, 1, 1)),
                Node("Shape", "x", "s"),
                Node("Slice", "s two four zero", "hw"),
                Node("Shape", "f", "fs"),
                Node("Slice", "fs zero two zero", "nc"),
                Node("Concat", "nc hw", "sz", Number("axis", 0)),
                Node("Resize", "f - - sz", "y", Word("mode", "linear")),
            ],
            [input],
            [output],
            Kernel("w", 19, 3, 3, 3),
            Integers("two", 2),
            Integers("four", 4),
            Integers("zero", 0)
        );

    /// <summary>One node between an input and an output.</summary>
    public static ModelProto Single(string type, ValueInfoProto input, ValueInfoProto output, params AttributeProto[] attributes) =>
        Model([Node(type, input.Name, output.Name, attributes)], [input], [output]);
}
