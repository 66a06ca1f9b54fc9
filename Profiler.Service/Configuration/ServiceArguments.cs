using System.Text;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>The command line of a profiler started on its own.</summary>
public static class ServiceArguments
{
    private const int WidestName = 28;

    /// <summary>What the command line can say.</summary>
    public static string Usage { get; } = MakeUsage();

    /// <summary>Reads a command line, with the settings of files and of the environment below it.</summary>
    /// <exception cref="UsageException">Something is wrong; one message tells all of it.</exception>
    public static ProfilerHostOptions Parse(IReadOnlyList<string> arguments) => ServiceConfiguration.Load(arguments);

    /// <summary>Takes a command line apart, without a look at the values; of an option that is given twice, the last value
    /// counts.</summary>
    /// <param name="arguments">The command line: <c>--name value</c> or <c>--name=value</c>.</param>
    /// <param name="faults">Where faults are noted, a sentence each.</param>
    /// <returns>Values by the options' names.</returns>
    internal static Dictionary<string, string?> Read(IReadOnlyList<string> arguments, List<string> faults)
    {
        var values = new Dictionary<string, string?>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            string name = parts[0].StartsWith("--", StringComparison.Ordinal) ? parts[0][2..] : "";
            ServiceOption? option = ServiceOptions.All.FirstOrDefault(each => each.Name == name);
            bool hasNext = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (option is null && name != ServiceConfiguration.FileOption)
            {
                string nearest = NearestWord.Find(name, ServiceOptions.All.Select(each => each.Name));
                faults.Add($"'{parts[0]}' is not an argument of the profiler; did you mean --{nearest}? --help tells all of them.");
                // What follows an unknown option is its value, not a fault of its own.
                if (name.Length > 0 && parts.Length == 1 && hasNext)
                    i++;
            }
            else if (parts.Length == 2)
                values[name] = parts[1];
            else if (option is { IsFlag: true })
                values[name] = "true";
            else if (hasNext && arguments[i + 1].Length > 0)
                values[name] = arguments[++i];
            else
                faults.Add($"{parts[0]} needs a value: write it like {parts[0]} {option?.Placeholder ?? "FILE"}.");
        }
        return values;
    }

    private static string MakeUsage()
    {
        var usage = new StringBuilder(
            $"""
            fasterseg-profiler [options]
            fasterseg-profiler new-key NAME      make an access key
            fasterseg-profiler health URL        exit code 0 where a profiler on this machine serves at URL


            """
        );
        foreach (IGrouping<string, ServiceOption> group in ServiceOptions.All.GroupBy(option => option.Group))
        {
            if (group.Key.Length > 0)
                usage.Append('\n').Append(group.Key).Append('\n');
            foreach (ServiceOption option in group)
                Describe(usage, $"--{option.Name} {option.Placeholder}", option.Help);
            if (group.Key.Length == 0)
                Describe(
                    usage,
                    $"--{ServiceConfiguration.FileOption} FILE",
                    "a JSON file of these options by their names, such as { \"listen\": \"127.0.0.1:5151\" }"
                );
        }
        return usage
            .Append(
                $"\nBelow the command line: variables such as {SettingNames.Prefix}LOG_FORMAT, then the file of "
                    + $"--config, then {ServiceConfiguration.FileName} beside the program."
            )
            .ToString();
    }

    private static void Describe(StringBuilder usage, string name, string help) =>
        usage.Append("  ").Append(name.TrimEnd().PadRight(WidestName)).Append(' ').Append(help).Append('\n');
}
