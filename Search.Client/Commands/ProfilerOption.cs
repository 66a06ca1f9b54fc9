using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>--profiler URL</c> and <c>--pool NAME</c>, which is nothing without it: a command adds and reads them as one.</summary>
public sealed class ProfilerOption
{
    /// <summary>Name of the option of the address.</summary>
    public const string UrlName = "--profiler";

    /// <summary>Name of the option of the pool.</summary>
    public const string PoolName = "--pool";

    /// <summary>The address.</summary>
    internal Option<string?> Url { get; } =
        new(UrlName)
        {
            HelpName = "URL",
            Description =
                "Measure with the profiler at this address, e.g. https://192.168.1.20:5151 (key and certificates: "
                + "docs/profiler.md), or with a fleet (docs/fleet.md). Default: this machine's CPU.",
        };

    /// <summary>The pool.</summary>
    internal Option<string?> Pool { get; } =
        new(PoolName)
        {
            HelpName = "NAME",
            Description = "With a fleet of several pools: the one that measures, by its id or a part of its name, e.g. 1080ti.",
        };
}

/// <summary>Adds and reads <see cref="ProfilerOption"/> as any other option.</summary>
internal static class ProfilerOptionExtensions
{
    /// <summary>Adds both options.</summary>
    public static void Add(this Command command, ProfilerOption profiler)
    {
        command.Add(profiler.Url);
        command.Add(profiler.Pool);
    }

    /// <summary>Who measures; null is this machine.</summary>
    /// <exception cref="UsageException">A pool is named and no address.</exception>
    public static ProfilerAddress? GetValue(this ParseResult parsed, ProfilerOption profiler) =>
        (parsed.GetValue(profiler.Url), parsed.GetValue(profiler.Pool)) switch
        {
            ({ } url, var pool) => new(url, pool),
            (null, { } pool) => throw new UsageException(
                $"--pool is '{pool}', which is a part of a fleet: name the fleet's address with --profiler, or leave --pool out."
            ),
            _ => null,
        };
}
