using System.CommandLine;
using FasterSeg.Latency;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Options that several commands share, worded once. Each call makes a new option for one command.</summary>
public static class CommonOptions
{
    /// <summary><c>--verbose</c>, known to every command.</summary>
    public const string VerboseName = "--verbose";

    /// <summary>Name of the option that prints JSON.</summary>
    public const string JsonName = "--json";

    /// <summary><c>--profiler URL</c> with <c>--pool NAME</c></summary>
    public static ProfilerOption Profiler() => new();

    /// <summary><c>--config FILE</c>, required or not.</summary>
    public static Option<string?> Config(bool required = true) =>
        new("--config")
        {
            HelpName = "FILE",
            Required = required,
            Description = "The configuration, a JSON file such as configs/cityscapes.json.",
        };

    /// <summary><c>--set KEY=VALUE</c>, any number of times.</summary>
    public static Option<string[]> Set() =>
        new("--set")
        {
            HelpName = "KEY=VALUE",
            Description = "Change one value of the configuration, e.g. searching:epochs=3. May be given several times.",
            DefaultValueFactory = _ => [],
        };

    /// <summary><c>--out FILE</c>, required.</summary>
    public static Option<string> Out(string description) =>
        new("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description = description,
        };

    /// <summary><c>--overwrite</c></summary>
    public static Option<bool> Overwrite() =>
        new(OutputFile.Overwrite) { Description = "Replace files that exist already. Files that the command reads are never replaced." };

    /// <summary><c>--json</c></summary>
    public static Option<bool> Json() =>
        new(JsonName) { Description = "Print JSON and nothing else, for scripts; what there is to say besides goes to standard error." };

    /// <summary><c>--verbose</c></summary>
    public static Option<bool> Verbose() =>
        new(VerboseName) { Recursive = true, Description = "Show where an unexpected failure happened." };
}
