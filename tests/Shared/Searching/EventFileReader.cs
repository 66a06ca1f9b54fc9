using System.Buffers.Binary;
using Google.Protobuf;

namespace FasterSeg.Tests;

/// <summary>
/// Reads event files with nothing of the program's own: field by field, and with a bit-by-bit CRC. Throws where a byte is wrong.
/// </summary>
internal static class EventFileReader
{
    /// <summary>An event: a scalar, a picture, or with neither one of the file's own (version, start).</summary>
    public sealed record Entry(
        long Step,
        double WallTime,
        string? Tag = null,
        float? Scalar = null,
        byte[]? Png = null,
        int Height = 0,
        int Width = 0,
        string? Version = null,
        bool Start = false
    );

    public static List<Entry> Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        var entries = new List<Entry>();
        while (file.Length > 0)
        {
            int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
            Check(file[..8], file[8..]);
            Check(file.Slice(12, length), file[(12 + length)..]);
            entries.Add(Event(file.Slice(12, length).ToArray()));
            file = file[(16 + length)..];
        }
        return entries;
    }

    /// <summary>Every event of a folder, in the order of its files.</summary>
    public static List<Entry> ReadFolder(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>CRC-32C by its definition: the reversed polynomial 0x82F63B78, one bit at a time.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }

    private static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored)
    {
        uint crc = Crc32C(bytes),
            masked = unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
        if (BinaryPrimitives.ReadUInt32LittleEndian(stored) != masked)
            throw new InvalidDataException("A CRC is wrong.");
    }

    private static Entry Event(byte[] record)
    {
        var entry = new Entry(0, 0);
        foreach (var (field, input) in Fields(record))
        {
            entry = field switch
            {
                1 => entry with { WallTime = input.ReadDouble() },
                2 => entry with { Step = input.ReadInt64() },
                3 => entry with { Version = input.ReadString() },
                5 => Value(entry, Only(input.ReadBytes().ToByteArray(), 1)),
                7 => entry with
                {
                    Start = Fields(input.ReadBytes().ToByteArray()).Any(log => log.Field == 1 && log.Input.ReadInt32() == 1),
                },
                _ => throw new InvalidDataException($"An event has no field {field}."),
            };
        }
        return entry;
    }

    private static Entry Value(Entry entry, byte[] value)
    {
        foreach (var (field, input) in Fields(value))
        {
            entry = field switch
            {
                1 => entry with { Tag = input.ReadString() },
                2 => entry with { Scalar = input.ReadFloat() },
                4 => Image(entry, input.ReadBytes().ToByteArray()),
                _ => throw new InvalidDataException($"A value has no field {field}."),
            };
        }
        return entry;
    }

    private static Entry Image(Entry entry, byte[] image)
    {
        foreach (var (field, input) in Fields(image))
        {
            entry = field switch
            {
                1 => entry with { Height = input.ReadInt32() },
                2 => entry with { Width = input.ReadInt32() },
                3 when input.ReadInt32() == 3 => entry,
                4 => entry with { Png = input.ReadBytes().ToByteArray() },
                _ => throw new InvalidDataException($"A picture has no field {field}."),
            };
        }
        return entry;
    }

    private static byte[] Only(byte[] message, int field)
    {
        byte[][] values =
        [
            .. Fields(message)
                .Select(one =>
                    one.Field == field
                        ? one.Input.ReadBytes().ToByteArray()
                        : throw new InvalidDataException($"Field {one.Field} instead of {field}.")
                ),
        ];
        return values.Length == 1 ? values[0] : throw new InvalidDataException($"{values.Length} values in an event.");
    }

    /// <summary>The fields of a message; each has to be read before the next one is asked for.</summary>
    private static IEnumerable<(int Field, CodedInputStream Input)> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            yield return ((int)(tag >> 3), input);
    }
}
