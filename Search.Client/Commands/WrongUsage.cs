using System.CommandLine;
using System.CommandLine.Parsing;
using FasterSeg.Latency;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Says what is wrong with a command line.</summary>
internal static class WrongUsage
{
    // Farther words are no slips of the same word.
    private const int FarthestSlip = 3;

    /// <summary>Prints every error, with the nearest known word where one was probably meant, and where to read on.</summary>
    public static void Write(ParseResult parsed, TextWriter error)
    {
        Command command = parsed.CommandResult.Command;
        // An unknown word leaves the command missing, or an option's value; the word is the news.
        IEnumerable<string> messages =
            parsed.UnmatchedTokens.Count > 0
                ? parsed.UnmatchedTokens.Select(word => $"'{word}' is not known to '{PathOf(parsed)}'{Suggestion(word, command)}")
                : parsed.Errors.Select(fault => fault.Message);
        foreach (string message in messages.Distinct())
            error.WriteLine("error: " + message);
        error.WriteLine($"'{PathOf(parsed)} --help' shows what there is.");
    }

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
