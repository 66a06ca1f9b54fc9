using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Latency.Tables;

/// <summary>Reads what a pickle's opcodes carry. Every read is bounded by the input, and every text and number by what a table
/// needs.</summary>
internal ref struct PickleInput(ReadOnlySpan<byte> bytes)
{
    private const int LongestText = 1000;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes in all.</summary>
    public readonly int Length => bytes.Length;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>A whole number of 1 to 8 bytes, the lowest first.</summary>
    /// <param name="width">Bytes.</param>
    /// <param name="signed">In two's complement.</param>
    public long Integer(int width, bool signed = false)
    {
        ReadOnlySpan<byte> digits = Take(width);
        long value = signed && width > 0 && digits[^1] >= 0x80 ? -1 : 0;
        for (int i = width - 1; i >= 0; i--)
            value = (value << 8) | digits[i];
        return value;
    }

    /// <summary>A whole number whose width stands before it; of 8 bytes at most.</summary>
    public long LongInteger()
    {
        byte width = Byte();
        return width <= 8 ? Integer(width, signed: true) : throw new FormatException("a whole number is larger than any latency");
    }

    /// <summary>A double, the highest byte first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Bytes whose number stands before them.</summary>
    /// <param name="width">Bytes of that number: 1, 4 or 8.</param>
    public ReadOnlySpan<byte> Counted(int width)
    {
        ulong count = (ulong)Integer(width);
        return count <= LongestText ? Take((int)count) : throw new FormatException("a text is longer than any name");
    }

    /// <summary>UTF-8 whose length stands before it.</summary>
    /// <param name="width">Bytes of the length: 1, 4 or 8.</param>
    public string Text(int width) => Decoded(Counted(width));

    /// <summary>Text up to the end of its line.</summary>
    public string Line()
    {
        int length = bytes[Position..].IndexOf((byte)'\n');
        if (length is < 0 or > LongestText)
            throw new FormatException("a Python name has no end");
        string line = Decoded(Take(length));
        _ = Byte();
        return line;
    }

    /// <summary>Passes the length of a frame, which need not be known where the whole input is there.</summary>
    public void Frame()
    {
        if ((ulong)Integer(8) > (ulong)(Length - Position))
            throw new FormatException("it ends too early");
    }

    private static string Decoded(ReadOnlySpan<byte> text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (ArgumentException failure)
        {
            throw new FormatException("a text is no valid Unicode", failure);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Length - Position)
            throw new FormatException("it ends too early");
        ReadOnlySpan<byte> taken = bytes.Slice(Position, count);
        Position += count;
        return taken;
    }
}
