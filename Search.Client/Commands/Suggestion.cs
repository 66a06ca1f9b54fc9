using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Commands of <c>fasterseg</c> that its texts suggest, quoted for a shell.</summary>
internal static class Suggestion
{
    /// <summary>Any command of this program.</summary>
    public static string Of(params IEnumerable<string?> words) => CommandText.Of(["fasterseg", .. words]);

    /// <summary>Trains a role of a run.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="role">Which network.</param>
    /// <param name="data">The images.</param>
    /// <param name="more">Further options.</param>
    public static string Train(RunFolder run, Role role, string data, params IEnumerable<string?> more) =>
        Of(["train", "--run", run.Path, "--role", role.Name(), "--data", data, .. more]);

    /// <summary>An option with its value; nothing where the value is null or the option's default.</summary>
    public static IEnumerable<string> Option(string name, string? value, string? standard = null) =>
        value is null || value == standard ? [] : [name, value];

    /// <summary>Who measures, with the pool.</summary>
    public static IEnumerable<string> Profiler(ProfilerAddress? profiler) =>
        [.. Option(ProfilerOption.UrlName, profiler?.Url), .. Option(ProfilerOption.PoolName, profiler?.Pool)];

    /// <summary>An option for each value.</summary>
    public static IEnumerable<string> Options(string name, IEnumerable<string> values) => values.SelectMany(value => new[] { name, value });
}
