using System.Runtime.InteropServices;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;
using static FasterSeg.Onnx.Messages.AttributeProto.Types;

namespace FasterSeg.Onnx;

/// <summary>Makes the small messages of the ONNX format.</summary>
internal static class OnnxMessages
{
    public const int Float32 = 1;
    public const int Float16 = 10;
    private const int Int8 = 3;
    private const int Int64 = 7;

    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }

    public static AttributeProto Integer(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    public static AttributeProto Text(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    public static TensorProto Tensor(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Tensor(name, Float32, MemoryMarshal.AsBytes(values), shape);

    public static TensorProto Tensor(string name, params ReadOnlySpan<long> values) =>
        Tensor(name, Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    public static TensorProto Tensor(string name, ReadOnlySpan<sbyte> values, params ReadOnlySpan<long> shape) =>
        Tensor(name, Int8, MemoryMarshal.AsBytes(values), shape);

    public static bool IsFloat(TensorProto tensor) => tensor.DataType == Float32;

    /// <summary>The values of a float32 tensor, in whichever of the format's two fields they are.</summary>
    public static ReadOnlySpan<float> Floats(TensorProto tensor) =>
        tensor.RawData.IsEmpty ? tensor.FloatData.ToArray() : MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);

    /// <summary>A map as an input or output; sides that are open have a name instead of a number, all with the same prefix.</summary>
    public static ValueInfoProto Map(string name, int batch, OnnxValue value, DynamicAxes open, string prefix)
    {
        bool anyBatch = open.HasFlag(DynamicAxes.Batch),
            anySize = open.HasFlag(DynamicAxes.Size);
        var shape = new TensorShapeProto
        {
            Dim =
            {
                anyBatch
                    ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
                    : Side(batch),
                Side(value.Channels),
                anySize
                    ? new TensorShapeProto.Types.Dimension { DimParam = prefix + "height" }
                    : Side(value.Height),
                anySize
                    ? new TensorShapeProto.Types.Dimension { DimParam = prefix + "width" }
                    : Side(value.Width),
            },
        };
        return new()
        {
            Name = name,
            Type = new()
            {
                TensorType = new() { ElemType = Float32, Shape = shape },
            },
        };
    }

    private static TensorShapeProto.Types.Dimension Side(int value) => new() { DimValue = value };

    private static TensorProto Tensor(string name, int type, ReadOnlySpan<byte> raw, ReadOnlySpan<long> shape)
    {
        // raw_data is little-endian by the standard, and so is every machine that .NET 10 and ONNX Runtime share.
        var tensor = new TensorProto
        {
            Name = name,
            DataType = type,
            RawData = ByteString.CopyFrom(raw),
        };
        tensor.Dims.AddRange(shape.ToArray());
        return tensor;
    }
}
