using System.IO.Compression;

namespace FasterSeg.Search.Data;

/// <summary>From a PNG's compressed bytes to its samples.</summary>
internal static class PngRows
{
    /// <summary>Inflates, and undoes the five row filters of the PNG standard (section 9.2).</summary>
    /// <param name="compressed">A zlib stream.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rowBytes">Bytes in a row.</param>
    /// <param name="pixelBytes">Bytes in a pixel; 0 where several share one.</param>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    /// <exception cref="EndOfStreamException">It holds fewer rows.</exception>
    public static byte[] Unfilter(Stream compressed, int height, int rowBytes, int pixelBytes)
    {
        int back = Math.Max(1, pixelBytes);
        byte[] samples = new byte[height * rowBytes];
        ReadOnlySpan<byte> above = new byte[rowBytes];
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        for (int r = 0; r < height; r++)
        {
            Span<byte> row = samples.AsSpan(r * rowBytes, rowBytes);
            Undo(Read(inflated, row), row, above, back, r);
            above = row;
        }
        // The checksum over all of it stands at the end, and is looked at only there.
        Read(inflated, []);
        return samples;
    }

    /// <summary>A row's filter (-1 at the end) and its bytes.</summary>
    private static int Read(ZLibStream inflated, Span<byte> row)
    {
        try
        {
            int filter = inflated.ReadByte();
            inflated.ReadExactly(row);
            return filter;
        }
        // The framework's words are about archives.
        catch (Exception e) when (e is InvalidDataException || e is IOException and not EndOfStreamException)
        {
            throw new InvalidDataException("its compressed pixels are not what was written", e);
        }
    }

    /// <summary>One byte a sample from 1, 2 or 4 bits.</summary>
    public static byte[] Unpack(byte[] packed, int height, int width, int bits)
    {
        int rowBytes = (width * bits + 7) / 8,
            perByte = 8 / bits;
        byte[] samples = new byte[height * width];
        for (int i = 0; i < samples.Length; i++)
        {
            (int row, int column) = (i / width, i % width);
            int shift = 8 - bits * (column % perByte + 1);
            samples[i] = (byte)(packed[row * rowBytes + column / perByte] >> shift & (1 << bits) - 1);
        }
        return samples;
    }

    private static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int back, int number)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = back; i < row.Length; i++)
                    row[i] += row[i - back];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < back ? 0 : row[i - back]) + above[i]) / 2);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(i < back ? above[i] : Paeth(row[i - back], above[i], above[i - back]));
                break;
            default:
                throw new InvalidDataException($"row {number} has an unknown filter");
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner),
            toUp = Math.Abs(left - corner),
            toCorner = Math.Abs(left + up - 2 * corner);
        return toLeft <= toUp && toLeft <= toCorner ? left
            : toUp <= toCorner ? up
            : corner;
    }
}
