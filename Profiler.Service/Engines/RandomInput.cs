using System.Runtime.InteropServices;
using FasterSeg.Latency.Numbers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// Random values for a model's input, by its type: normal floats; bytes as of an image, 0 to 255 (signed ones 0 to 127); 0 and 1 in wider
/// integers, which are valid as
/// tokens, classes, indices and masks of nearly every model; true and false.
/// </summary>
internal static class RandomInput
{
    /// <summary>The types that there are values for, by the name that a person knows them by.</summary>
    public static bool IsKnown(TensorElementType type) =>
        type
            is TensorElementType.Float
                or TensorElementType.Double
                or TensorElementType.Float16
                or TensorElementType.BFloat16
                or TensorElementType.Bool
                or TensorElementType.UInt8
                or TensorElementType.Int8
        || WidthOf(type) > 0;

    /// <summary>The name of a type as the ONNX format spells it.</summary>
    public static string NameOf(TensorElementType type) =>
        type is TensorElementType.DataTypeMax ? "unknown" : type.ToString().ToLowerInvariant();

    /// <summary>Fills a tensor in main memory.</summary>
    public static void Fill(OrtValue value, ref SplitMix64 random)
    {
        TensorElementType type = value.GetTensorTypeAndShape().ElementDataType;
        Span<byte> bytes = value.GetTensorMutableRawData();
        switch (type)
        {
            case TensorElementType.Float:
                foreach (ref float each in MemoryMarshal.Cast<byte, float>(bytes))
                    each = (float)random.NextGaussian();
                break;
            case TensorElementType.Double:
                foreach (ref double each in MemoryMarshal.Cast<byte, double>(bytes))
                    each = random.NextGaussian();
                break;
            case TensorElementType.Float16:
                foreach (ref Half each in MemoryMarshal.Cast<byte, Half>(bytes))
                    each = (Half)random.NextGaussian();
                break;
            case TensorElementType.BFloat16:
                // The upper half of a float32.
                foreach (ref ushort each in MemoryMarshal.Cast<byte, ushort>(bytes))
                    each = (ushort)(BitConverter.SingleToUInt32Bits((float)random.NextGaussian()) >> 16);
                break;
            case TensorElementType.UInt8:
                foreach (ref byte each in bytes)
                    each = (byte)random.Next();
                break;
            case TensorElementType.Int8:
                foreach (ref byte each in bytes)
                    each = (byte)(random.Next() & 0x7F);
                break;
            case TensorElementType.Bool:
                foreach (ref byte each in bytes)
                    each = (byte)(random.Next() & 1);
                break;
            default:
                bytes.Clear();
                // Little-endian: the first byte is the lowest.
                for (int at = 0, width = WidthOf(type); at < bytes.Length; at += width)
                    bytes[at] = (byte)(random.Next() & 1);
                break;
        }
    }

    private static int WidthOf(TensorElementType type) =>
        type switch
        {
            TensorElementType.Int16 or TensorElementType.UInt16 => sizeof(short),
            TensorElementType.Int32 or TensorElementType.UInt32 => sizeof(int),
            TensorElementType.Int64 or TensorElementType.UInt64 => sizeof(long),
            _ => 0,
        };
}
