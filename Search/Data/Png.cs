using System.Buffers.Binary;
using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// The stored samples of a PNG, untouched: the grey value, the palette index or the colour bytes. Image libraries turn
/// palettes into colours and may apply gamma, either of which would change a label; this reader, by hand, does neither.
/// </summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 (grey or index), 2 (grey and alpha), 3 (colour) or 4 (colour and alpha).</param>
/// <param name="Samples">Height x Width x Channels bytes.</param>
/// <param name="Palette">What each index is painted with, 0xRRGGBB; null where samples are no indices of a palette.</param>
internal sealed record Png(int Height, int Width, int Channels, byte[] Samples, int[]? Palette = null)
{
    private const int LargestSide = 1 << 15;
    private const int PaletteColour = 3;

    // Deflate's best: 258 bytes from 2 bits. A header that claims more than the file can hold costs no memory.
    private const long MostInflation = 1032;

    /// <summary>Reads 1 to 8 bits a sample, without interlacing.</summary>
    /// <exception cref="UserErrorException">The file is no PNG, damaged, or of a kind that labels don't come in.</exception>
    public static Png Read(string path)
    {
        byte[] file = ImageFile.ReadBytes(path);
        try
        {
            return Decode(file, path);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            string what = e is EndOfStreamException ? "its pixels end early" : e.Message.TrimEnd('.');
            throw new UserErrorException($"Mask '{path}' is damaged: {what}; write it again.", e);
        }
    }

    private static Png Decode(byte[] file, string path)
    {
        if (!PngChunks.IsPng(file))
            throw new UserErrorException($"Mask '{path}' is not a PNG file; masks must be PNG, which keeps every value exactly.");
        using var compressed = new MemoryStream();
        byte[] header = [],
            palette = [];
        foreach (PngChunks.Chunk chunk in PngChunks.Of(file))
        {
            if (chunk.Kind == "IHDR")
                header = chunk.Content.ToArray();
            else if (chunk.Kind == "PLTE")
                palette = chunk.Content.ToArray();
            else if (chunk.Kind == "IDAT")
                compressed.Write(chunk.Content.Span);
        }
        if (header.Length != 13)
            throw new InvalidDataException("it has no header");
        uint claimedWidth = BinaryPrimitives.ReadUInt32BigEndian(header),
            claimedHeight = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        int bits = header[8],
            channels = header[9] switch
            {
                0 or PaletteColour => 1,
                4 => 2,
                2 => 3,
                6 => 4,
                _ => throw new InvalidDataException("it has an unknown colour type"),
            };
        if (claimedWidth is < 1 or > LargestSide || claimedHeight is < 1 or > LargestSide)
            throw new InvalidDataException($"it claims {claimedHeight} x {claimedWidth} pixels");
        (int height, int width) = ((int)claimedHeight, (int)claimedWidth);
        if (bits is not (1 or 2 or 4 or 8) || (bits < 8 && channels > 1))
            throw new UserErrorException($"Mask '{path}' has {bits} bits a value; save it with 8 (grey, palette or RGB).");
        if (header[12] != 0)
            throw new UserErrorException($"Mask '{path}' is interlaced; save it without interlacing.");
        long rowBytes = ((long)width * channels * bits + 7) / 8;
        if ((rowBytes + 1) * height > MostInflation * compressed.Length)
            throw new EndOfStreamException();
        if (Math.Max(rowBytes, width) * height > Array.MaxLength)
            throw new UserErrorException($"Mask '{path}' has {height} x {width} pixels, more than can be held at once: cut it into parts.");

        compressed.Position = 0;
        byte[] samples = PngRows.Unfilter(compressed, height, (int)rowBytes, channels * bits / 8);
        return new Png(
            height,
            width,
            channels,
            bits == 8 ? samples : PngRows.Unpack(samples, height, width, bits),
            header[9] == PaletteColour ? Colours(palette) : null
        );
    }

    private static int[] Colours(byte[] palette) =>
        palette.Length > 0 && palette.Length % 3 == 0
            ? [.. palette.Chunk(3).Select(colour => colour[0] << 16 | colour[1] << 8 | colour[2])]
            : throw new InvalidDataException("its palette is missing or cut off");
}
