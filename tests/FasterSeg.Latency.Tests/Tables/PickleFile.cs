using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Latency.Tests.Tables;

/// <summary>Writes what <c>numpy.save(file, {name: number, ...})</c> writes with Python's pickle protocol 2.</summary>
internal static class PickleFile
{
    public static byte[] Of(params (string Name, double Value)[] items) =>
        [
            .. Header("{'descr': '|O', 'fortran_order': False, 'shape': (), }"),
            .. Body([.. items.SelectMany(item => Item(item.Name, item.Value))]),
        ];

    public static byte[] Header(string text)
    {
        byte[] padded = Encoding.Latin1.GetBytes(text.PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. padded];
    }

    /// <summary>An array of shape () around a dictionary whose items are the given opcodes.</summary>
    public static byte[] Body(byte[] items) =>
        [
            0x80,
            2,
            .. "cnumpy.core.multiarray\n_reconstruct\n"u8,
            .. Put(0),
            .. "cnumpy\nndarray\n"u8,
            .. Put(1),
            .. "K\0"u8,
            0x85,
            .. Put(2),
            .. "c_codecs\nencode\n"u8,
            .. Put(3),
            .. Text("b"),
            .. Text("latin1"),
            0x86,
            (byte)'R',
            0x87,
            (byte)'R',
            .. "(K\u0001)cnumpy\ndtype\n"u8,
            .. Text("O8"),
            .. "K\0K\u0001"u8,
            0x87,
            (byte)'R',
            .. "(K\u0003"u8,
            .. Text("|"),
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
            .. "K?tb"u8,
            0x89,
            .. "]"u8,
            .. Put(16),
            .. "}"u8,
            (byte)'r',
            17,
            0,
            0,
            0,
            .. "("u8,
            .. items,
            .. "uatb."u8,
        ];

    public static byte[] Item(string name, double value)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(number, value);
        return [.. Text(name), (byte)'G', .. number];
    }

    private static byte[] Text(string text)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Encoding.UTF8.GetByteCount(text));
        return [(byte)'X', .. length, .. Encoding.UTF8.GetBytes(text)];
    }

    private static byte[] Put(byte index) => [(byte)'q', index];
}
