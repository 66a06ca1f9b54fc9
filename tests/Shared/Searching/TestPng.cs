using System.Buffers.Binary;
using System.IO.Compression;

namespace FasterSeg.Tests;

/// <summary>Writes PNG files chunk by chunk: any colour type, bit depth and row filter, which image libraries choose themselves.</summary>
internal static class TestPng
{
    public const byte Grey = 0,
        Rgb = 2,
        Palette = 3,
        GreyAlpha = 4,
        Rgba = 6;

    /// <summary>A grey 8-bit PNG of some values, without a filter.</summary>
    public static byte[] OfGrey(int height, int width, params byte[] values) => Of(height, width, Grey, 8, values, _ => 0);

    /// <summary>A PNG of packed rows (each a whole number of bytes), filtered as a function of the row says.</summary>
    public static byte[] Of(int height, int width, byte colourType, byte bits, byte[] rows, Func<int, byte> filter, byte interlace = 0)
    {
        int rowBytes = rows.Length / height;
        int back = Math.Max(1, rowBytes / width);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int r = 0; r < height; r++)
            {
                zlib.WriteByte(filter(r));
                for (int i = 0; i < rowBytes; i++)
                {
                    int left = i < back ? 0 : rows[r * rowBytes + i - back],
                        up = r == 0 ? 0 : rows[(r - 1) * rowBytes + i];
                    int corner = i < back || r == 0 ? 0 : rows[(r - 1) * rowBytes + i - back];
                    int predicted = filter(r) switch
                    {
                        0 => 0,
                        1 => left,
                        2 => up,
                        3 => (left + up) / 2,
                        _ => Paeth(left, up, corner),
                    };
                    zlib.WriteByte((byte)(rows[r * rowBytes + i] - predicted));
                }
            }
        }
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (bits, colourType, interlace);
        // Colours that say nothing of the index: a reader that goes through them must fail.
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(_ => new byte[] { 7, 7, 7 })];
        return
        [
            0x89,
            (byte)'P',
            (byte)'N',
            (byte)'G',
            13,
            10,
            26,
            10,
            .. Chunk("IHDR", header),
            .. colourType == Palette ? Chunk("PLTE", palette[..(3 << bits)]) : [],
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>The same picture with one less or more in each colour of its palette.</summary>
    public static byte[] WithNearColours(byte[] png)
    {
        int at = png.AsSpan().IndexOf("PLTE"u8),
            length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at - 4));
        byte[] colours = [.. png.AsSpan(at + 4, length).ToArray().Select(value => (byte)(value == 255 ? 254 : value + 1))];
        return [.. png[..(at - 4)], .. Chunk("PLTE", colours), .. png[(at + 8 + length)..]];
    }

    /// <summary>A picture with one more chunk behind its header.</summary>
    public static byte[] With(byte[] png, string kind, byte[] content) => [.. png[..33], .. Chunk(kind, content), .. png[33..]];

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c;
        return (Math.Abs(p - a), Math.Abs(p - b), Math.Abs(p - c)) switch
        {
            var (pa, pb, pc) when pa <= pb && pa <= pc => a,
            var (_, pb, pc) when pb <= pc => b,
            _ => c,
        };
    }

    private static byte[] Chunk(string kind, byte[] content)
    {
        byte[] chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        for (int i = 0; i < 4; i++)
            chunk[4 + i] = (byte)kind[i];
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), Crc(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
