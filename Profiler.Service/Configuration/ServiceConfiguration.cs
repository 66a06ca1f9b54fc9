using System.Collections;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>
/// Reads the settings of a profiler started on its own, each place on top of the one before: <c>appsettings.json</c> beside the
/// program, the file of <c>--config</c>, the environment, the command line.
/// </summary>
public static class ServiceConfiguration
{
    /// <summary>The file that is read where it lies beside the program.</summary>
    public const string FileName = "appsettings.json";

    /// <summary>Name of the option that names a further file.</summary>
    public const string FileOption = "config";

    /// <summary>
    /// Options for a profiler that another program hosts for its own questions: its limits, of the environment's variables. The rest of
    /// them is meant for a profiler
    /// that is started on its own.
    /// </summary>
    /// <param name="environment">The environment; null takes this process's own.</param>
    /// <exception cref="UsageException">A limit is wrong; one message tells all of them, each fault with its variable.</exception>
    public static ProfilerHostOptions LoadHosted(IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var faults = new List<string>();
        IEnumerable<string> limits = ServiceOptions.OfHosted.Select(SettingNames.Variable);
        ServiceSource variables = ServiceSource.OfEnvironment(
            (environment ?? ProcessEnvironment()).Where(variable => limits.Contains(variable.Key))
        );
        ProfilerHostOptions options = Apply(new ProfilerHostOptions(), variables, mayNameFile: false, faults);
        return faults.Count == 0 ? options : throw ProfilerHostOptions.Refusal(faults);
    }

    /// <summary>Reads and checks everything.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment; null takes this process's own.</param>
    /// <param name="programFolder">Where <see cref="FileName"/> is looked for; null takes the program's folder.</param>
    /// <exception cref="UsageException">Something is wrong; one message tells all of it, each fault with its place.</exception>
    public static ProfilerHostOptions Load(
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        string? programFolder = null
    )
    {
        var faults = new List<string>();
        ServiceSource line = ServiceSource.OfArguments(ServiceArguments.Read(arguments, faults));
        ServiceSource variables = ServiceSource.OfEnvironment(environment ?? ProcessEnvironment());
        var sources = new List<ServiceSource>();
        foreach (string path in Files(line, variables, programFolder ?? AppContext.BaseDirectory))
        {
            try
            {
                sources.Add(ServiceSource.OfFile(path));
            }
            catch (FormatException fault)
            {
                faults.Add(fault.Message);
            }
        }
        var options = new ProfilerHostOptions
        {
            Standalone = true,
            Page = ProfilerHostOptions.DefaultPage,
            PageMayLack = true,
        };
        foreach (ServiceSource source in sources)
            options = Apply(options, source, mayNameFile: false, faults);
        foreach (ServiceSource source in new[] { variables, line })
            options = Apply(options, source, mayNameFile: true, faults);
        faults.AddRange(options.Faults());
        return faults.Count == 0 ? options : throw ProfilerHostOptions.Refusal(faults);
    }

    private static IEnumerable<string> Files(ServiceSource line, ServiceSource variables, string programFolder)
    {
        string beside = Path.Combine(programFolder, FileName);
        if (File.Exists(beside))
            yield return beside;
        if ((line.Values[FileOption] ?? variables.Values[FileOption]) is { Length: > 0 } named)
            yield return Path.GetFullPath(named);
    }

    private static ProfilerHostOptions Apply(ProfilerHostOptions options, ServiceSource source, bool mayNameFile, List<string> faults)
    {
        foreach (IConfigurationSection section in source.Values.GetChildren())
        {
            if (mayNameFile && section.Key == FileOption && section.Value is { Length: > 0 })
                continue;
            string where = source.Spell(section.Key);
            ServiceOption? option = ServiceOptions.All.FirstOrDefault(each =>
                each.Name.Equals(section.Key, StringComparison.OrdinalIgnoreCase)
            );
            if (option is null)
                faults.Add(
                    $"{where} is not known; did you mean "
                        + $"{source.Spell(NearestWord.Find(section.Key, ServiceOptions.All.Select(each => each.Name)))}?"
                );
            else if (section.GetChildren().Any())
                faults.Add($"{where} is a list or a section; it takes a single value.");
            else if (string.IsNullOrWhiteSpace(section.Value))
                faults.Add($"{where} has no value: give it one, or leave it out.");
            else
                options = Apply(options, option, section.Value, where, source.Folder, faults);
        }
        return options;
    }

    private static ProfilerHostOptions Apply(
        ProfilerHostOptions options,
        ServiceOption option,
        string value,
        string where,
        string folder,
        List<string> faults
    )
    {
        try
        {
            return option.Set(options, value, folder);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            faults.Add($"{where} is '{value}', {fault.Message.TrimEnd('.')}{(fault.Message.EndsWith('?') ? "" : ".")}");
            return options;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> ProcessEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(each => KeyValuePair.Create((string)each.Key, (string?)each.Value ?? ""));
}
