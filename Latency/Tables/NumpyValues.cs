using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Latency.Tables;

/// <summary>What <see cref="PickleReader"/> wrote down, as names and milliseconds: Python's numbers and NumPy's, in every way that NumPy 1
/// and 2 pickle them.</summary>
internal static class NumpyValues
{
    /// <summary>The names and latencies of a dictionary, or of an array of one dictionary.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static List<KeyValuePair<string, double>> Table(object? value) =>
        [
            .. DictionaryOf(value)
                .Select(item =>
                    Number(item.Value) is { } latency
                        ? KeyValuePair.Create(item.Key, latency)
                        : throw new FormatException($"the latency of '{item.Key}' is no number")
                ),
        ];

    /// <summary>
    /// An array is made empty and then given (version, shape, type, order, content); the content of one of objects is a list, here of one
    /// dictionary.
    /// </summary>
    private static Dictionary<string, object?> DictionaryOf(object? value) =>
        value switch
        {
            Dictionary<string, object?> dictionary => dictionary,
            PickleCall { Name: "numpy.core.multiarray _reconstruct", State: object?[] and [_, _, _, _, List<object?> content] } => content
                is [Dictionary<string, object?> only]
                ? only
                : throw new FormatException("it is no array of one dictionary"),
            _ => throw new FormatException("it is neither a dictionary nor an array of one"),
        };

    /// <summary>A number of Python's or NumPy's, or an array of one; null for anything else, truth values too.</summary>
    private static double? Number(object? value) =>
        value switch
        {
            double number => number,
            long number => number,
            PickleCall { Name: "numpy.core.multiarray scalar", Arguments: [PickleCall type, var bytes] } => Number(type, bytes),
            PickleCall
            {
                Name: "numpy.core.multiarray _reconstruct",
                State: object?[] and [_, object?[] shape, PickleCall type, _, var bytes]
            } when IsOne(shape) => Number(type, bytes),
            PickleCall { Name: "numpy.core.numeric _frombuffer", Arguments: [var bytes, PickleCall type, object?[] shape, _] }
                when IsOne(shape) => Number(type, bytes),
            _ => null,
        };

    private static bool IsOne(object?[] shape) => shape.All(side => side is 1L);

    /// <summary>A type is called by its name, e.g. <c>f8</c>, and then given (version, byte order, ...).</summary>
    private static double? Number(PickleCall type, object? stored)
    {
        if (type is not { Name: "numpy dtype", Arguments: [string name, ..] } || Bytes(stored) is not { } bytes)
            return null;
        if (type.State is object?[] and [_, ">", ..])
            Array.Reverse(bytes);
        return (name, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i2", 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i1", 1) => (sbyte)bytes[0],
            ("u8", 8) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            ("u4", 4) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ("u2", 2) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ("u1", 1) => bytes[0],
            _ => null,
        };
    }

    /// <summary>A copy of bytes: Python 2 stores them as text, and protocol 2 of Python 3 as text that is to be encoded.</summary>
    private static byte[]? Bytes(object? stored) =>
        stored switch
        {
            byte[] bytes => [.. bytes],
            string text => Latin1(text),
            PickleCall { Name: "_codecs encode", Arguments: [string text, "latin1"] } => Latin1(text),
            _ => null,
        };

    private static byte[]? Latin1(string text) => text.All(c => c <= 0xff) ? Encoding.Latin1.GetBytes(text) : null;
}
