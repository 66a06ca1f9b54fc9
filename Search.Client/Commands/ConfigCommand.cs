using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg config</c>: every key that a configuration may have.</summary>
public static class ConfigCommand
{
    private const int Indentation = 4;

    // What a run notes of its machine is nothing that anybody sets.
    private const string Machine = "machine:";

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
            .. all.Where(value =>
                options.Key is null
                    ? !value.Key.StartsWith(Machine, StringComparison.Ordinal)
                    : value.Key.Contains(options.Key, StringComparison.OrdinalIgnoreCase)
            ),
        ];
        if (shown.Length == 0)
            throw new UsageException(
                $"No key has '{options.Key}' in its name{Guess(options.Key!, all)} 'fasterseg config' alone lists all."
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
        if (options.Key is not null)
            return ExitCodes.Done;
        output.WriteLine(
            "A run's own config.json has a section 'machine', too: what the run was made on, which is written and never read."
        );
        output.WriteLine();
        output.WriteLine("For an editor to complete and check a file, lay the schema beside it and name it in the file's first line,");
        output.WriteLine("{ \"$schema\": \"config.schema.json\", ... }. Where it lies is of no account to this program.");
        output.WriteLine();
        output.WriteLine(CommandText.Below("The schema:", CommandText.Of("fasterseg", "config", "--schema") + " > config.schema.json"));
        return ExitCodes.Done;
    }

    /// <summary>The key that was probably meant, by its whole name or by the last part of it; nothing where none is near.</summary>
    private static string Guess(string word, IReadOnlyList<ConfigurationValue> all)
    {
        string nearest = all.Select(value => value.Key).MinBy(Distance)!;
        return Distance(nearest) <= Math.Max(2, word.Length / 3) ? $"; did you mean '{nearest}'?" : ".";

        int Distance(string key) => key.Split(':').Append(key).Min(part => NearestWord.Distance(word.TrimEnd(':'), part));
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
