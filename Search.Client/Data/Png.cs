using System.Buffers.Binary;
using System.IO.Compression;
using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// The stored samples of a PNG, untouched: the grey value, the palette index or the colour bytes. Image libraries turn
/// palettes into colours and may apply gamma, either of which would change a label; this reader does neither.
/// </summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 (grey or index), 2 (grey and alpha), 3 (colour) or 4 (colour and alpha).</param>
/// <param name="Samples">Height x Width x Channels bytes.</param>
internal sealed record Png(int Height, int Width, int Channels, byte[] Samples)
{
    private const int LargestSide = 1 << 15;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads 1 to 8 bits a sample, without interlacing.</summary>
    /// <exception cref="UserErrorException">The file is no PNG, damaged, or of a kind that labels don't come in.</exception>
    public static Png Read(string path)
    {
        byte[] file = ImageFile.ReadBytes(path);
        try
        {
            return Decode(file, path);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentOutOfRangeException)
        {
            throw new UserErrorException($"Mask '{path}' is damaged: {e.Message.TrimEnd('.')}; write it again.", e);
        }
    }

    private static Png Decode(byte[] file, string path)
    {
        if (!file.AsSpan().StartsWith(Signature)) throw new UserErrorException($"Mask '{path}' is not a PNG file; masks must be PNG, which keeps every value exactly.");
        using var compressed = new MemoryStream();
        ReadOnlySpan<byte> header = [], rest = file.AsSpan(Signature.Length);
        while (rest.Length >= 12)
        {
            int length = checked((int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(rest), int.MaxValue));
            if (length > rest.Length - 12) throw new InvalidDataException("the file ends early");
            ReadOnlySpan<byte> kind = rest.Slice(4, 4), content = rest.Slice(8, length);
            if (kind.SequenceEqual("IHDR"u8)) header = content;
            else if (kind.SequenceEqual("IDAT"u8)) compressed.Write(content);
            rest = rest[(length + 12)..];
        }
        if (header.Length != 13) throw new InvalidDataException("it has no header");
        int width = BinaryPrimitives.ReadInt32BigEndian(header), height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        int bits = header[8], channels = header[9] switch { 0 or 3 => 1, 4 => 2, 2 => 3, 6 => 4, _ => throw new InvalidDataException("it has an unknown colour type") };
        if (width is < 1 or > LargestSide || height is < 1 or > LargestSide) throw new InvalidDataException($"it claims {height} x {width} pixels");
        if (bits is not (1 or 2 or 4 or 8) || (bits < 8 && channels > 1)) throw new UserErrorException($"Mask '{path}' has {bits} bits a value; save it with 8 (grey, palette or RGB).");
        if (header[12] != 0) throw new UserErrorException($"Mask '{path}' is interlaced; save it without interlacing.");
        compressed.Position = 0;
        byte[] samples = Unfilter(compressed, height, (width * channels * bits + 7) / 8, channels * bits / 8);
        return new Png(height, width, channels, bits == 8 ? samples : Unpack(samples, height, width, bits));
    }

    /// <summary>Undoes the five row filters of the PNG standard (section 9.2).</summary>
    private static byte[] Unfilter(Stream compressed, int height, int rowBytes, int pixelBytes)
    {
        int back = Math.Max(1, pixelBytes);
        byte[] samples = new byte[checked(height * rowBytes)], none = new byte[rowBytes];
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        for (int r = 0; r < height; r++)
        {
            int filter = inflated.ReadByte();
            Span<byte> row = samples.AsSpan(r * rowBytes, rowBytes);
            inflated.ReadExactly(row);
            ReadOnlySpan<byte> above = r == 0 ? none : samples.AsSpan((r - 1) * rowBytes, rowBytes);
            for (int i = 0; i < rowBytes && filter != 0; i++)
            {
                int left = i < back ? 0 : row[i - back], up = above[i], corner = i < back ? 0 : above[i - back];
                row[i] += (byte)(filter switch
                {
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => throw new InvalidDataException($"row {r} has an unknown filter"),
                });
            }
        }
        return samples;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - 2 * corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static byte[] Unpack(byte[] packed, int height, int width, int bits)
    {
        int rowBytes = (width * bits + 7) / 8, perByte = 8 / bits;
        byte[] samples = new byte[height * width];
        for (int i = 0; i < samples.Length; i++)
        {
            (int row, int column) = (i / width, i % width);
            int shift = 8 - bits * (column % perByte + 1);
            samples[i] = (byte)(packed[row * rowBytes + column / perByte] >> shift & (1 << bits) - 1);
        }
        return samples;
    }
}
