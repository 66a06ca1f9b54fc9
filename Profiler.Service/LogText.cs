using System.Globalization;
using System.Text;

namespace FasterSeg.Profiler.Service;

/// <summary>Texts of others, fit for a line of the log: short, and without characters that a terminal obeys or that begin a line of
/// their own.</summary>
internal static class LogText
{
    /// <summary>Most characters of a text.</summary>
    public const int Longest = 120;

    /// <summary>The text, cut where it is too long, with its control characters written as <c>\u001B</c>.</summary>
    public static string Of(string? text, int longest = Longest)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        string beginning = text.Length > longest ? text[..longest] : text;
        if (beginning.Length == text.Length && !beginning.Any(IsUnsafe))
            return text;
        var clean = new StringBuilder(beginning.Length);
        foreach (char letter in beginning)
        {
            if (IsUnsafe(letter))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}");
            else
                clean.Append(letter);
        }
        if (beginning.Length < text.Length)
            clean.Append(CultureInfo.InvariantCulture, $"... ({text.Length} characters)");
        return clean.ToString();
    }

    // Also what turns the direction of writing, and half characters.
    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter)
        || char.IsSurrogate(letter)
        || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
