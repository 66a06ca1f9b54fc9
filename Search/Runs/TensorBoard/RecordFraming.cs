using System.Buffers.Binary;
using System.Numerics;

namespace FasterSeg.Search.Runs.TensorBoard;

/// <summary>
/// The framing of a TFRecord file, little-endian: length (8 bytes), its masked CRC-32C (4), the record, its masked CRC-32C (4).
/// </summary>
internal static class RecordFraming
{
    private const int HeaderBytes = 12,
        FooterBytes = 4;

    // Added after a rotation, so that a CRC over data that holds CRCs stays a good one.
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>A record with its frame.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> record)
    {
        byte[] framed = new byte[HeaderBytes + record.Length + FooterBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(framed, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(8), MaskedCrc(framed.AsSpan(0, 8)));
        record.CopyTo(framed.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(HeaderBytes + record.Length), MaskedCrc(record));
        return framed;
    }

    /// <summary>The records at the beginning of a file, up to its end or to the first one that is cut off or damaged.</summary>
    /// <returns>Where each lies, without its frame.</returns>
    public static List<Range> Records(ReadOnlySpan<byte> file)
    {
        var records = new List<Range>();
        int at = 0;
        while (file.Length - at >= HeaderBytes + FooterBytes)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file[at..]);
            bool whole =
                BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 8)..]) == MaskedCrc(file.Slice(at, 8))
                && length <= (ulong)(file.Length - at - HeaderBytes - FooterBytes);
            if (!whole)
                break;
            int start = at + HeaderBytes,
                end = start + (int)length;
            if (BinaryPrimitives.ReadUInt32LittleEndian(file[end..]) != MaskedCrc(file[start..end]))
                break;
            records.Add(start..end);
            at = end + FooterBytes;
        }
        return records;
    }

    /// <summary>The CRC-32C (Castagnoli) of some bytes, masked as the format wants it.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
