using System.Text.RegularExpressions;

namespace FasterSeg.Latency;

/// <summary>Commands that a text suggests, so that they paste into a shell as they stand.</summary>
public static partial class CommandText
{
    private const string Indentation = "  ";

    /// <summary>A sentence and, on a line of its own, the command that it speaks of: so it can be copied whole. Whoever prints it wraps no
    /// such line (<see cref="IsCommand"/>).</summary>
    /// <param name="sentence">What comes before it, mostly with a colon at its end.</param>
    /// <param name="command">From <see cref="Of"/>.</param>
    public static string Below(string sentence, string command) => $"{sentence}\n{Indentation}{command}";

    /// <summary>Whether a line of a text is the command that <see cref="Below"/> put there.</summary>
    public static bool IsCommand(string line) => line.StartsWith(Indentation, StringComparison.Ordinal);

    /// <summary>A command in one line; words that a shell would take apart or change are quoted.</summary>
    /// <param name="words">Program, options and values, each as the program shall get it; those that are null are left out.</param>
    public static string Of(params IEnumerable<string?> words) => string.Join(' ', words.OfType<string>().Select(Quoted));

    /// <summary>A word as a shell takes it for one: in double quotes, which every shell knows, or in single ones where a POSIX shell would
    /// change it even there.</summary>
    /// <param name="word">The word.</param>
    public static string Quoted(string word) =>
        Plain().IsMatch(word) ? word
        : ChangedInQuotes().IsMatch(word) && !OperatingSystem.IsWindows() ? $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"
        : $"\"{word}\"";

    // A backslash belongs to paths of Windows, where no shell changes it.
    private static Regex Plain() => OperatingSystem.IsWindows() ? PlainOnWindows() : PlainElsewhere();

    [GeneratedRegex(@"^[\p{L}\p{N}_@%+=:,./-]+\z")]
    private static partial Regex PlainElsewhere();

    [GeneratedRegex(@"^[\p{L}\p{N}_@+=:./\\-]+\z")]
    private static partial Regex PlainOnWindows();

    [GeneratedRegex(@"[""$`\\!]")]
    private static partial Regex ChangedInQuotes();
}
