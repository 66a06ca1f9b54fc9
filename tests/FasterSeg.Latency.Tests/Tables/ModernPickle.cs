using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Latency.Tests.Tables;

/// <summary>Writes what Python 3 pickles with protocol 4: frames, a memo without indices, names taken from the stack.</summary>
internal static class ModernPickle
{
    private const byte Memoize = 0x94;

    /// <summary>A pickle as a file of <c>numpy.save</c>.</summary>
    public static byte[] Npy(byte[] pickle) => [.. PickleFile.Header("{'descr': '|O', 'fortran_order': False, 'shape': (), }"), .. pickle];

    /// <summary>An array of shape () around a dictionary from names to pickled values.</summary>
    /// <param name="core">Where NumPy keeps its array functions: <c>numpy.core</c>, from version 2 on <c>numpy._core</c>.</param>
    /// <param name="items">Names, and the opcodes of their values.</param>
    public static byte[] Table(string core, params (string Name, byte[] Value)[] items) =>
        Framed([
            .. Name(core + ".multiarray", "_reconstruct"),
            .. Name("numpy", "ndarray"),
            .. "K\0"u8,
            0x85,
            Memoize,
            .. "C\u0001b"u8,
            Memoize,
            0x87,
            Memoize,
            (byte)'R',
            Memoize,
            .. "(K\u0001)"u8,
            .. Type("O8", "|"),
            0x89,
            .. "]"u8,
            Memoize,
            .. Dictionary(items),
            .. "atb"u8,
        ]);

    /// <summary>A pickle of what the opcodes make.</summary>
    public static byte[] Framed(byte[] opcodes)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, opcodes.Length + 1);
        return [0x80, 4, 0x95, .. length, .. opcodes, (byte)'.'];
    }

    /// <summary>A dictionary.</summary>
    public static byte[] Dictionary(params (string Name, byte[] Value)[] items) =>
        [(byte)'}', Memoize, (byte)'(', .. items.SelectMany(item => Text(item.Name).Concat(item.Value)), (byte)'u'];

    /// <summary>A number of NumPy's, e.g. a mean: its type, and its bytes in that order.</summary>
    public static byte[] Scalar(string type, string order, byte[] bytes) =>
        [
            .. Name("numpy.core.multiarray", "scalar"),
            .. Type(type, order),
            (byte)'C',
            (byte)bytes.Length,
            .. bytes,
            Memoize,
            0x86,
            Memoize,
            (byte)'R',
            Memoize,
        ];

    /// <summary>An array of numbers.</summary>
    public static byte[] Array(string type, string order, byte[] shape, byte[] bytes) =>
        [
            .. Name("numpy.core.multiarray", "_reconstruct"),
            .. Name("numpy", "ndarray"),
            .. "K\0"u8,
            0x85,
            .. "C\u0001b"u8,
            0x87,
            (byte)'R',
            .. "(K\u0001("u8,
            .. shape.SelectMany(side => new[] { (byte)'K', side }),
            (byte)'t',
            .. Type(type, order),
            0x89,
            (byte)'C',
            (byte)bytes.Length,
            .. bytes,
            (byte)'t',
            (byte)'b',
        ];

    /// <summary>A text.</summary>
    public static byte[] Text(string text) => [0x8c, (byte)text.Length, .. Encoding.UTF8.GetBytes(text), Memoize];

    private static byte[] Type(string name, string order) =>
        [
            .. Name("numpy", "dtype"),
            .. Text(name),
            0x89,
            0x88,
            0x87,
            Memoize,
            (byte)'R',
            Memoize,
            .. "(K\u0003"u8,
            .. Text(order),
            .. "NNN"u8,
            (byte)'J',
            0xff,
            0xff,
            0xff,
            0xff,
            (byte)'J',
            0xff,
            0xff,
            0xff,
            0xff,
            .. "K\0t"u8,
            Memoize,
            (byte)'b',
        ];

    private static byte[] Name(string module, string name) => [.. Text(module), .. Text(name), 0x93, Memoize];
}
