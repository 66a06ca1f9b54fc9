using System.CommandLine;
using System.CommandLine.Parsing;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>The command line of a profiler started on its own.</summary>
public static class ServiceArguments
{
    private const string Dashes = "--";

    private static readonly (string Name, string Placeholder, string Help)[] Known =
    [
        .. ServiceOptions.All.Select(option => (option.Name, option.Placeholder, option.Help)),
        (
            ServiceConfiguration.FileOption,
            "FILE",
            "a JSON file of these options by their names, such as { \"listen\": \"127.0.0.1:5151\" }"
        ),
    ];

    /// <summary>The command with its options. What it does with a value is a matter of <see cref="ServiceOptions"/>, whatever place the
    /// value comes from.</summary>
    public static RootCommand Command()
    {
        var command = new RootCommand(
            "Measures operators and networks on this machine's device, and keeps latency tables.\n\n"
                + "An address that other machines can reach needs TLS, and keys or client certificates. A GPU needs a build for it, see "
                + $"docs/gpu.md.\n\nBelow the command line: variables such as {SettingNames.Prefix}LOG_FORMAT, then the file of --config, "
                + $"then {ServiceConfiguration.FileName} beside the program."
        );
        foreach (VersionOption version in command.Options.OfType<VersionOption>().ToArray())
            command.Options.Remove(version);
        return WithOptions(command);
    }

    /// <summary>A subcommand with the same options.</summary>
    public static Command Command(string name, string description) => WithOptions(new Command(name, description));

    private static T WithOptions<T>(T command)
        where T : Command
    {
        foreach ((string name, string placeholder, string help) in Known)
            command.Options.Add(Option(SettingNames.Option(name), placeholder, help));
        return command;
    }

    /// <summary>Takes a command line apart, without a look at the values; of an option that is given twice, the last value
    /// counts.</summary>
    /// <param name="arguments">The command line: <c>--name value</c> or <c>--name=value</c>.</param>
    /// <param name="faults">Where faults are noted, a sentence each.</param>
    /// <returns>Values by the options' names.</returns>
    internal static Dictionary<string, string?> Read(IReadOnlyList<string> arguments, List<string> faults)
    {
        ParseResult parsed = Command().Parse(arguments, new() { ResponseFileTokenReplacer = null });
        var values = new Dictionary<string, string?>();
        List<string> unknown = [.. Unknown(parsed.UnmatchedTokens)];
        foreach ((string name, string placeholder, _) in Known)
        {
            string option = SettingNames.Option(name);
            if (parsed.GetResult(option) is not OptionResult { Implicit: false } given)
                continue;
            // An option that is not known is no value of the one before it.
            string[] told = [.. given.Tokens.Select(token => token.Value)];
            string[] strangers = [.. told.Where(value => value.StartsWith(Dashes, StringComparison.Ordinal))];
            unknown.AddRange(strangers);
            if (placeholder.Length == 0)
                values[name] = told is [.., var last] ? last : bool.TrueString;
            else if (told.Length - strangers.Length < given.IdentifierTokenCount)
                faults.Add($"{option} needs a value: write it like {option} {placeholder}.");
            else
                values[name] = told[^1];
        }
        foreach (string stranger in unknown.Select(token => token.Split('=')[0]))
        {
            string name = stranger.StartsWith(Dashes, StringComparison.Ordinal) ? stranger[Dashes.Length..] : "";
            string nearest = NearestWord.Find(name, ServiceOptions.All.Select(each => each.Name));
            faults.Add($"'{stranger}' is not an argument of the profiler; did you mean --{nearest}? --help tells all of them.");
        }
        return values;
    }

    /// <summary>An option of the command line; whatever is wrong with its value is told later.</summary>
    private static Option Option(string name, string placeholder, string help) =>
        placeholder.Length == 0
            ? new Option<bool>(name) { Description = help }
            : new Option<string[]>(name)
            {
                Description = help,
                HelpName = placeholder,
                Arity = ArgumentArity.ZeroOrMore,
            };

    /// <summary>What nobody knows, but for what follows an unknown option: that is its value, not a fault of its own.</summary>
    private static IEnumerable<string> Unknown(IReadOnlyList<string> tokens) =>
        tokens.Where(
            (token, i) =>
                i == 0
                || token.StartsWith(Dashes, StringComparison.Ordinal)
                || !tokens[i - 1].StartsWith(Dashes, StringComparison.Ordinal)
                || tokens[i - 1].Contains('=', StringComparison.Ordinal)
        );
}
