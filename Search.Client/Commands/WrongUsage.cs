using System.CommandLine;
using System.CommandLine.Parsing;
using FasterSeg.Latency;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Says what is wrong with a command line.</summary>
internal static class WrongUsage
{
    // Farther words are no slips of the same word.
    private const int FarthestSlip = 3;

    private const string EndOfOptions = "--";

    /// <summary>Words that were meant as options and are none that the command knows; the parser takes such a word for an argument, or for
    /// an option's value.</summary>
    /// <param name="parsed">What was read.</param>
    /// <param name="words">The command line: behind <c>--</c> every word is an argument.</param>
    public static IReadOnlyList<string> UnknownOptions(ParseResult parsed, IReadOnlyList<string> words)
    {
        IEnumerable<string> before = words.TakeWhile(word => word != EndOfOptions);
        return
        [
            .. parsed
                .CommandResult.Children.SelectMany(child => child.Tokens)
                .Where(token => token.Type == TokenType.Argument)
                .Select(token => token.Value)
                .Where(word => word.Length > 2 && word.StartsWith(EndOfOptions, StringComparison.Ordinal) && before.Contains(word)),
        ];
    }

    /// <summary>Options and arguments whose value is empty, as where a variable of a shell is: nothing here takes that.</summary>
    public static IReadOnlyList<string> Empty(ParseResult parsed) =>
        [
            .. parsed
                .CommandResult.Children.Where(child => child.Tokens.Any(token => token.Value.Length == 0))
                .Select(child =>
                    child switch
                    {
                        OptionResult { Option.Name: var name } => name,
                        ArgumentResult { Argument.Name: var name } => name,
                        _ => "a word",
                    }
                ),
        ];

    /// <summary>Prints every error, with the nearest known word where one was probably meant, and where to read on.</summary>
    /// <param name="parsed">What was read.</param>
    /// <param name="unknown"><see cref="UnknownOptions"/>.</param>
    /// <param name="empty"><see cref="Empty"/>.</param>
    /// <param name="error">Standard error.</param>
    public static void Write(ParseResult parsed, IReadOnlyList<string> unknown, IReadOnlyList<string> empty, TextWriter error)
    {
        // An unknown word leaves the command missing, or an option's value; the word is the news.
        IEnumerable<string> messages =
            parsed.UnmatchedTokens.Count + unknown.Count > 0
                ? unknown.Concat(parsed.UnmatchedTokens).Select(word => Complaint(word, parsed))
            : empty.Count > 0 ? empty.Select(name => $"{name} is empty: give it a value.")
            : parsed.Errors.Select(WrongValue.Sentence);
        foreach (string message in messages.Distinct())
            error.WriteLine("error: " + WrongValue.Printable(message));
        error.WriteLine($"'{PathOf(parsed)} --help' shows what there is.");
    }

    private static string Complaint(string word, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // A command that takes any words, and has no commands below it, had enough of them.
        return command.Arguments.Count > 0 && command.Subcommands.Count == 0 && !word.StartsWith('-')
            ? $"'{word}' is one word too many: '{PathOf(parsed)}' takes {Taken(command)} and options."
            : $"'{word}' is not known to '{PathOf(parsed)}'{Suggestion(word, command)}";
    }

    private static string Taken(Command command) => string.Join(", ", command.Arguments.Select(one => one.Name));

    private static string Suggestion(string word, Command command)
    {
        string[] known = [.. command.Subcommands.Select(one => one.Name), .. command.Options.Select(one => one.Name)];
        string nearest = NearestWord.Find(word, known.DefaultIfEmpty(""));
        return NearestWord.Distance(word, nearest) <= Math.Min(FarthestSlip, word.Length - 1) ? $"; did you mean '{nearest}'?" : ".";
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult at; result = result.Parent)
            names.Push(at.Command is RootCommand ? "fasterseg" : at.Command.Name);
        return string.Join(' ', names);
    }
}
