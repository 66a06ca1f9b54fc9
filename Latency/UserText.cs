using System.Text.Unicode;

namespace FasterSeg.Latency;

/// <summary>Text that a user hands over: UTF-8, a byte order mark read over, everything else refused by its name. JSON: see
/// <see cref="UserJson"/>.</summary>
public static class UserText
{
    private static ReadOnlySpan<byte> Mark => [0xef, 0xbb, 0xbf];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <param name="expected">What should be in it, for messages.</param>
    /// <exception cref="UserErrorException">It cannot be read, is larger, or is no such text.</exception>
    public static ReadOnlyMemory<byte> Read(string path, int largest, string expected = "JSON") =>
        Of(UserFile.Read(path, largest), path, expected);

    /// <summary>The text without a byte order mark.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <param name="expected">What should be in it, for messages.</param>
    /// <exception cref="UserErrorException">It is a file of another kind, text in another encoding, or no text.</exception>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> bytes, string where, string expected = "JSON")
    {
        if (FileKind.Of(bytes.Span) is { } kind)
            throw new UserErrorException($"{where} is {kind}, and {expected} was expected: name the right file.");
        if (!bytes.IsEmpty && !bytes.Span.ContainsAnyExcept((byte)0))
            throw new UserErrorException($"{where} holds nothing but zeros, as a crash can leave a file: restore it.");
        if (IsWide(bytes.Span))
            throw new UserErrorException(
                $"{where} is text in UTF-16 or UTF-32, and only UTF-8 is read: save it as "
                    + "UTF-8 (in PowerShell with Out-File -Encoding utf8)."
            );
        if (!Utf8.IsValid(bytes.Span))
            throw new UserErrorException(
                $"{where}: it is not UTF-8 text (the first bytes that are none stand in line {FirstFault(bytes.Span)}): save it as UTF-8."
            );
        return bytes.Span.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;
    }

    /// <summary>A byte order mark of two or four bytes, or a first character of that width: JSON and settings begin in ASCII.</summary>
    private static bool IsWide(ReadOnlySpan<byte> bytes) =>
        bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] or [0, 0, ..] or [0, not 0, ..] or [not 0, 0, ..];

    /// <summary>The line, from 1 on, with the first invalid bytes.</summary>
    private static int FirstFault(ReadOnlySpan<byte> bytes)
    {
        int line = 1;
        for (; bytes.IndexOf((byte)'\n') is >= 0 and int end && Utf8.IsValid(bytes[..end]); line++)
            bytes = bytes[(end + 1)..];
        return line;
    }
}
