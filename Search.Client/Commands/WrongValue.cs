using System.CommandLine.Parsing;
using System.Numerics;
using System.Text;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Says what is wrong with a word that an option or argument was given.</summary>
internal static class WrongValue
{
    /// <summary>What the parser found, without its types of .NET and its lists over several lines.</summary>
    public static string Sentence(ParseError fault)
    {
        if (fault.SymbolResult is not { Tokens: [.., { Value: var word }] } at || Expected(at) is not var (name, type))
            return fault.Message;
        // Each known word is on a line of its own; a line of the user's word is none of them.
        string[] known =
        [
            .. fault.Message.Replace(word, "", StringComparison.Ordinal).Split('\n').Skip(1).Select(line => line.Trim('\t', '\r', '\'')),
        ];
        if (known.Length > 0)
            return $"'{word}' is not known to {name}: it takes {string.Join(", ", known[..^1])} or {known[^1]}.";
        if (!fault.Message.Contains($"'{type}'", StringComparison.Ordinal))
            return fault.Message;
        Type number = Nullable.GetUnderlyingType(type) ?? type;
        if (number != typeof(int))
            return number == typeof(bool)
                ? $"'{word}' is neither true nor false: {name} takes one of them."
                : $"'{word}' is no number: {name} takes one, with a point, such as 0.5.";
        return BigInteger.TryParse(word, out _)
            ? FormattableString.Invariant($"'{word}' is too far from 0: {name} takes a whole number from {int.MinValue} to {int.MaxValue}.")
            : $"'{word}' is no whole number: {name} takes one.";
    }

    /// <summary>A text without what a terminal would obey.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var printable = new StringBuilder();
        foreach (char letter in text)
        {
            if (char.IsControl(letter))
                printable.Append(letter == '\n' ? "\\n" : FormattableString.Invariant($"\\u{(int)letter:x4}"));
            else
                printable.Append(letter);
        }
        return printable.ToString();
    }

    private static (string Name, Type Type)? Expected(SymbolResult at) =>
        at switch
        {
            OptionResult { Option: var option } => (option.Name, option.ValueType),
            ArgumentResult { Parent: OptionResult { Option: var option } } => (option.Name, option.ValueType),
            ArgumentResult { Argument: var argument } => (argument.Name, argument.ValueType),
            _ => null,
        };
}
