using System.Buffers.Binary;
using SkiaSharp;

namespace FasterSeg.Search.Data;

/// <summary>How a PNG says that it is to be turned: an eXIf chunk, which Skia reads in JPEG files only.</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 0x0112,
        Short = 3,
        Long = 4;
    private const int Entry = 12;

    /// <summary>The orientation of a PNG file; the upright one where it says none, or nothing that can be read.</summary>
    public static SKEncodedOrigin OfPng(ReadOnlyMemory<byte> file)
    {
        try
        {
            foreach (PngChunks.Chunk chunk in PngChunks.Of(file))
            {
                if (chunk.Kind == "eXIf")
                    return Parse(chunk.Content.Span);
            }
        }
        catch (InvalidDataException)
        {
            // Whoever decodes the picture tells.
        }
        return SKEncodedOrigin.TopLeft;
    }

    /// <summary>The first directory of a TIFF structure, of either byte order.</summary>
    private static SKEncodedOrigin Parse(ReadOnlySpan<byte> tiff)
    {
        // As it stands before the same structure in a JPEG.
        if (tiff.StartsWith("Exif\0\0"u8))
            tiff = tiff[6..];
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM\0*"u8)))
            return SKEncodedOrigin.TopLeft;
        uint at = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (at > tiff.Length - 2)
            return SKEncodedOrigin.TopLeft;
        int count = Word(tiff[(int)at..], little);
        ReadOnlySpan<byte> entries = tiff[((int)at + 2)..];
        for (; count > 0 && entries.Length >= Entry; count--, entries = entries[Entry..])
        {
            if (Word(entries, little) != Tag)
                continue;
            uint value = Word(entries[2..], little) switch
            {
                Short => Word(entries[8..], little),
                // No standard has it so, but programs write it.
                Long => little ? BinaryPrimitives.ReadUInt32LittleEndian(entries[8..]) : BinaryPrimitives.ReadUInt32BigEndian(entries[8..]),
                _ => 0,
            };
            if (value is >= 1 and <= 8)
                return (SKEncodedOrigin)value;
        }
        return SKEncodedOrigin.TopLeft;
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
