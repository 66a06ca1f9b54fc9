using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace FasterSeg.Search.Data;

/// <summary>The chunks that a PNG file consists of (PNG standard, section 5).</summary>
internal static class PngChunks
{
    private const int Frame = 12; // length, kind and checksum around the content

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A chunk.</summary>
    /// <param name="Kind">Four letters; the first is a capital where no picture can be had without the chunk.</param>
    /// <param name="Content">Its bytes.</param>
    public readonly record struct Chunk(string Kind, ReadOnlyMemory<byte> Content);

    /// <summary>Whether a file begins as a PNG does.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>
    /// The chunks up to the end mark; what programs append behind it is none of the picture. The end mark itself may be cut off. A chunk
    /// that only describes the picture is left out where its checksum is wrong, as every other reader does.
    /// </summary>
    /// <exception cref="InvalidDataException">The file ends inside a chunk, or the checksum of one that matters is wrong.</exception>
    public static IEnumerable<Chunk> Of(ReadOnlyMemory<byte> file)
    {
        for (ReadOnlyMemory<byte> rest = file[Signature.Length..]; rest.Length >= Frame; )
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            if (length > rest.Length - Frame)
                throw new InvalidDataException("the file ends early");
            int end = (int)length + 8;
            string kind = Encoding.Latin1.GetString(rest.Span[4..8]);
            bool whole = Crc32.HashToUInt32(rest.Span[4..end]) == BinaryPrimitives.ReadUInt32BigEndian(rest.Span[end..]);
            if (!whole && char.IsAsciiLetterUpper(kind[0]))
                throw new InvalidDataException($"the checksum of its part {kind} is wrong");
            if (kind == "IEND")
                yield break;
            if (whole)
                yield return new Chunk(kind, rest[8..end]);
            rest = rest[(end + 4)..];
        }
    }
}
