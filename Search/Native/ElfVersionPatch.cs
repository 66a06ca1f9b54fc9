using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Search.Native;

/// <summary>
/// Makes a library that was linked by GCC 13 loadable with the libstdc++ of GCC 12 (Debian 12).
/// </summary>
/// <remarks>
/// The only thing such a build of TorchSharp's native library needs from GLIBCXX_3.4.32 is
/// <c>std::ios_base_library_init()</c>, which does what the constructor <c>std::ios_base::Init::Init()</c> of older versions
/// does. Three edits in place say so: the symbol's name, its version, and the version that the file asks for. By hand: it
/// happens where the program starts, on machines that have no patchelf.
/// </remarks>
public static class ElfVersionPatch
{
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string PresentVersion = "GLIBCXX_3.4.30";
    private const string OldSymbolVersion = "GLIBCXX_3.4";

    /// <summary>Edits the image of a 64-bit little-endian ELF library.</summary>
    /// <returns>False, with the image untouched, where it is not such a file, is truncated, or does not ask for the new version.</returns>
    public static bool TryApply(Span<byte> image)
    {
        try
        {
            return TryApplyWhole(image);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // A table points outside of the file: it is truncated. Nothing is edited before everything is found.
            return false;
        }
    }

    private static bool TryApplyWhole(Span<byte> image)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual<byte>([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            return false;
        if (
            !TrySection(image, ".dynstr", out int strings, out int stringsLength)
            || !TrySection(image, ".dynsym", out int symbols, out int symbolsLength)
            || !TrySection(image, ".gnu.version", out int versions, out _)
            || !TrySection(image, ".gnu.version_r", out int needs, out int needsLength)
        )
            return false;

        int symbolName = IndexOfString(image.Slice(strings, stringsLength), NewSymbol);
        int symbol = symbolName < 0 ? -1 : IndexOfSymbol(image.Slice(symbols, symbolsLength), symbolName);
        int wanted = FindNeed(image, needs, needsLength, strings, NewVersion);
        int present = FindNeed(image, needs, needsLength, strings, PresentVersion);
        int old = FindNeed(image, needs, needsLength, strings, OldSymbolVersion);
        if (symbol < 0 || wanted < 0 || present < 0 || old < 0)
            return false;

        Span<byte> name = image.Slice(strings + symbolName, NewSymbol.Length);
        name.Clear();
        Encoding.ASCII.GetBytes(OldSymbol, name);
        // Vernaux: hash (4), flags (2), index (2), name (4), next (4).
        image.Slice(old + 6, 2).CopyTo(image.Slice(versions + (2 * symbol), 2));
        image.Slice(present, 4).CopyTo(image.Slice(wanted, 4));
        image.Slice(present + 8, 4).CopyTo(image.Slice(wanted + 8, 4));
        return true;
    }

    private static bool TrySection(ReadOnlySpan<byte> image, string name, out int offset, out int length)
    {
        long table = BinaryPrimitives.ReadInt64LittleEndian(image[0x28..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        int names = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3E..]);
        int nameTable = (int)BinaryPrimitives.ReadInt64LittleEndian(image[(int)(table + (names * entrySize) + 0x18)..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = image[(int)(table + (i * entrySize))..];
            if (StringAt(image, nameTable + BinaryPrimitives.ReadInt32LittleEndian(header)) != name)
                continue;
            offset = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]);
            length = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]);
            return true;
        }
        offset = length = 0;
        return false;
    }

    /// <summary>Offset of the Vernaux record that asks for a version, or -1.</summary>
    private static int FindNeed(ReadOnlySpan<byte> image, int needs, int length, int strings, string version)
    {
        for (int need = needs; need < needs + length; )
        {
            int record = need + BinaryPrimitives.ReadInt32LittleEndian(image[(need + 8)..]);
            for (int left = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]); left > 0; left--)
            {
                if (StringAt(image, strings + BinaryPrimitives.ReadInt32LittleEndian(image[(record + 8)..])) == version)
                    return record;
                record += BinaryPrimitives.ReadInt32LittleEndian(image[(record + 12)..]);
            }
            int next = BinaryPrimitives.ReadInt32LittleEndian(image[(need + 12)..]);
            if (next <= 0)
                break;
            need += next;
        }
        return -1;
    }

    private static int IndexOfString(ReadOnlySpan<byte> strings, string text)
    {
        int found = strings.IndexOf(Encoding.ASCII.GetBytes('\0' + text + '\0'));
        return found < 0 ? -1 : found + 1;
    }

    private static int IndexOfSymbol(ReadOnlySpan<byte> symbols, int name)
    {
        const int EntrySize = 24;
        for (int i = 0; i * EntrySize < symbols.Length; i++)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(symbols[(i * EntrySize)..]) == name)
                return i;
        }
        return -1;
    }

    private static string StringAt(ReadOnlySpan<byte> image, int offset)
    {
        ReadOnlySpan<byte> tail = image[offset..];
        return Encoding.ASCII.GetString(tail[..tail.IndexOf((byte)0)]);
    }
}
