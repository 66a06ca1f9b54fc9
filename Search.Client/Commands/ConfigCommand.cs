using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg config</c>: every key that a configuration may have.</summary>
public static class ConfigCommand
{
    private const int Indentation = 4;

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var begin = new Argument<string?>("KEY")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Only keys that have this in their name, e.g. training: or latency.",
        };
        var schema = new Option<bool>("--schema")
        {
            Description = "Print a JSON schema instead, by which editors complete and check configurations.",
        };
        var command = new Command("config", "Lists every key of a configuration with its default, range and meaning.") { begin, schema };
        command.SetAction(
            (parsed, _) => Task.FromResult(Run(new ConfigArguments(parsed.GetValue(begin), parsed.GetValue(schema)), console))
        );
        return command;
    }

    /// <summary>Prints the keys, or the schema.</summary>
    public static int Run(ConfigArguments options, IAnsiConsole console)
    {
        TextWriter output = console.Profile.Out.Writer;
        if (options.Schema)
        {
            if (options.Key is not null)
                throw new UsageException("--schema is of all keys: leave the key out.");
            output.Write(ConfigurationSchema.Write());
            return ExitCodes.Done;
        }
        IReadOnlyList<ConfigurationValue> all = ConfigurationValue.All();
        ConfigurationValue[] shown =
        [
            .. all.Where(value => options.Key is null || value.Key.Contains(options.Key, StringComparison.OrdinalIgnoreCase)),
        ];
        if (shown.Length == 0)
            throw new UsageException(
                $"No key has '{options.Key}' in its name; did you mean "
                    + $"'{NearestWord.Find(options.Key!, all.Select(value => value.Key))}'?"
            );
        int width = Math.Clamp(console.Profile.Width, 40, 120) - Indentation;
        foreach (ConfigurationValue value in shown)
        {
            output.WriteLine(Head(value));
            foreach (string line in Wrap(value.Meaning, width))
                output.WriteLine(new string(' ', Indentation) + line);
        }
        output.WriteLine();
        output.WriteLine("A file has them by section, { \"training\": { \"epochs\": 100 } }; --set training:epochs=100 changes one.");
        return ExitCodes.Done;
    }

    private static string Head(ConfigurationValue value)
    {
        string unit = value.Unit is null ? "" : " " + value.Unit,
            standard = value.Default is { } known ? known.ToJsonString() + unit : "left to the profiler",
            type = value.Type == typeof(int) ? "whole number"
            : value.Type == typeof(double) ? "number"
            : value.Type == typeof(bool) ? "true or false"
            : value.Range is null ? "text"
            : "",
            range = value.Range?.ToString() ?? "";
        string[] facts = [.. new[] { type, range }.Where(fact => fact.Length > 0)];
        return $"{value.Key} = {standard}   ({string.Join(", ", facts)})";
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line += line.Length > 0 ? " " + word : word;
        }
        if (line.Length > 0)
            yield return line;
    }
}
