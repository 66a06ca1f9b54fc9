using System.Globalization;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Search.Export;

/// <summary>Makes a network end in classes instead of logits.</summary>
internal static class ClassOutput
{
    /// <summary>Name of the output, [N, H, W], int64.</summary>
    public const string Name = "classes";

    /// <summary>Name of the metadata with the number of classes, which the output no longer tells. Older than
    /// <see cref="MetadataKeys"/>; files without those have it, too.</summary>
    public const string CountKey = "classes";

    private const int Int64 = 7;
    private const int ChannelAxis = 1;

    /// <summary>Appends the argmax over a model's logits; the model is changed.</summary>
    /// <param name="model">A model whose one output is [N, classes, H, W].</param>
    public static void Append(ModelProto model)
    {
        ValueInfoProto logits = model.Graph.Output.Single();
        var shape = logits.Type.TensorType.Shape.Dim;
        model.MetadataProps.Add(
            new StringStringEntryProto { Key = CountKey, Value = shape[ChannelAxis].DimValue.ToString(CultureInfo.InvariantCulture) }
        );
        model.Graph.Node.Add(
            new NodeProto
            {
                Name = "argmax",
                OpType = "ArgMax",
                Input = { logits.Name },
                Output = { Name },
                Attribute = { Number("axis", ChannelAxis), Number("keepdims", 0) },
            }
        );
        model.Graph.Output.Clear();
        model.Graph.Output.Add(
            new ValueInfoProto
            {
                Name = Name,
                Type = new()
                {
                    TensorType = new()
                    {
                        ElemType = Int64,
                        Shape = new() { Dim = { shape.Where((_, axis) => axis != ChannelAxis) } },
                    },
                },
            }
        );
    }

    private static AttributeProto Number(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Int,
            I = value,
        };
}
