using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Sweeps;

/// <summary>What a user writes to plan a sweep: a JSON file, comments allowed. Its paths are relative to its own folder.
/// <c>configs/schema/sweep.schema.json</c> describes it.</summary>
public sealed partial class SweepOptions
{
    /// <summary>The word for measuring on this machine.</summary>
    public const string Local = "local";

    private const int LargestFile = 1 << 20, // bytes
        MostRetries = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { ConfigurationWords.Converter },
    };

    /// <summary>Where the schema is, for editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>Configurations; each file's name, without its ending, is part of its chains' names.</summary>
    public required string[] Configs { get; init; }

    /// <summary>The images, as <c>--data</c> names them.</summary>
    public required string Data { get; set; }

    /// <summary>The latency table of all chains; null has <see cref="Profiler"/> measure one for each space.</summary>
    public string? Lut { get; init; }

    /// <summary>Who measures tables and networks: <c>local</c> or an address; null is nobody.</summary>
    public string? Profiler { get; init; }

    /// <summary>The pool of a fleet.</summary>
    public string? Pool { get; init; }

    /// <summary>A chain for each of them and each of the settings.</summary>
    public int[] Seeds { get; init; } = [1, 2, 3];

    /// <summary>Lists of values as <c>--set</c> takes them, by name; with none the configurations are taken as they are.</summary>
    public Dictionary<string, string[]> Settings { get; init; } = [];

    /// <summary>What searches are compared with, for each configuration: <c>random</c>.</summary>
    public SearchMethod[] Baselines { get; init; } = [];

    /// <summary>The parts of each chain.</summary>
    public SweepStage[] Stages { get; init; } =
    [SweepStage.Search, SweepStage.Teacher, SweepStage.Student, SweepStage.Eval, SweepStage.Export];

    /// <summary>How often a stage that has failed is tried again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Whether a word can be the name of a folder everywhere.</summary>
    internal static bool IsName(string word) => Name().IsMatch(word);

    /// <summary>Reads and checks a file, and makes its paths whole.</summary>
    /// <exception cref="UsageException">It cannot be read, or something in it is wrong; the message says what.</exception>
    public static SweepOptions Load(string path)
    {
        SweepOptions options;
        try
        {
            options = JsonSerializer.Deserialize<SweepOptions>(UserJson.Read(path, LargestFile, "a JSON description of a sweep").Span, Json)
                ?? throw new JsonException("it is null");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new UsageException($"The sweep '{path}' cannot be read: {UserJson.Plain(fault)}{Hint(fault)}", fault);
        }
        catch (UserErrorException fault) when (fault is not UsageException)
        {
            throw new UsageException($"The sweep {fault.Message}", fault);
        }
        string[] faults = [.. options.Gaps()];
        if (faults.Length == 0)
            faults = [.. options.Faults()];
        if (faults.Length > 0)
            throw new UsageException($"The sweep '{path}' is wrong: {string.Join("\n  ", faults)}");
        return options.Below(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>What belongs there, or which key was meant: the end of a sentence.</summary>
    private static string Hint(Exception fault)
    {
        string path = (fault as JsonException)?.Path ?? "";
        if (fault.Message.Contains("could not be converted", StringComparison.Ordinal))
            return path.StartsWith("$.baselines[", StringComparison.Ordinal) ? $"; possible is '{SearchMethod.Random.Word()}'."
                : path.StartsWith("$.stages[", StringComparison.Ordinal)
                    ? $"; possible are {string.Join(", ", ConfigurationWords.All(typeof(SweepStage)).Select(word => $"'{word}'"))}."
                : ".";
        if (!fault.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return ".";
        string key = fault.Message.Split('\'') is [_, var unknown, ..] ? unknown : "";
        string[] keys = [.. typeof(SweepOptions).GetProperties().Where(property => property.Name != nameof(Schema)).Select(KeyOf)];
        string nearest = NearestWord.Find(key, keys);
        return NearestWord.Distance(key, nearest) <= Math.Max(1, key.Length / 3)
            ? $"; did you mean '{nearest}'?"
            : $"; possible are {string.Join(", ", keys)}.";

        static string KeyOf(System.Reflection.PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);
    }

    private SweepOptions Below(string folder)
    {
        string[] parts = Data.Split(':', 2, StringSplitOptions.TrimEntries);
        return new SweepOptions
        {
            Configs = [.. Configs.Select(config => Path.GetFullPath(config, folder))],
            Data = parts is [var kind, { Length: > 0 } images] ? $"{kind}:{Path.GetFullPath(images, folder)}" : Data,
            Lut = Lut is null ? null : Path.GetFullPath(Lut, folder),
            Profiler = Profiler,
            Pool = Pool,
            Seeds = Seeds,
            Settings = Settings,
            Baselines = Baselines,
            Stages = Stages,
            Retries = Retries,
        };
    }

    /// <summary>What was written as null, and what no path can hold.</summary>
    private IEnumerable<string> Gaps()
    {
        if (Configs.Contains(null!))
            yield return "one of configs is null.";
        if (Settings.Any(each => each.Value is null || each.Value.Contains(null!)))
            yield return "one of settings is null: write [] for the configuration as it is.";
        if (Configs.Append(Data).Append(Lut).Any(path => path?.Contains('\0', StringComparison.Ordinal) == true))
            yield return "a path has a character of code 0, which no path can hold.";
    }

    private IEnumerable<string> Faults()
    {
        if (Configs.Length == 0)
            yield return "configs is empty: name a configuration at least.";
        if (Configs.GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase).Any(same => same.Count() > 1))
            yield return "two of configs have one name: give the files names of their own, by which their chains are called.";
        foreach (string name in Configs.Select(config => Path.GetFileNameWithoutExtension(config)).Concat(Settings.Keys))
        {
            if (!IsName(name))
                yield return $"'{name}' cannot be part of a folder's name: use letters, digits, '-', '_' and '.', 60 at most.";
        }
        if (
            Settings
                .Keys.Concat(Baselines.Select(baseline => baseline.Word()))
                .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
                .FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
            yield return $"'{twice.Key}' is the name of two of settings and baselines: choose another one.";
        if (Baselines.Any(baseline => baseline != SearchMethod.Random))
            yield return "baselines may have 'random' only: another method is one of settings, with searching:method=oneshot.";
        foreach (
            var same in Settings.GroupBy(each => string.Join('\n', each.Value), each => $"'{each.Key}'").Where(each => each.Count() > 1)
        )
            yield return $"settings {string.Join(" and ", same)} have the same values: their chains would be the same.";
        if (Seeds.Length == 0)
            yield return "seeds is empty: name one at least.";
        if (Seeds.Distinct().Count() < Seeds.Length)
            yield return "seeds has a number twice: a chain of the same seed is the same chain.";
        if (Settings.Values.SelectMany(sets => sets).Any(set => set.StartsWith("seed=", StringComparison.OrdinalIgnoreCase)))
            yield return "settings set the seed: name it in seeds.";
        if (Stages.Length == 0 || Stages[0] != SweepStage.Search)
            yield return "stages do not begin with 'search', which makes the run.";
        if (!Stages.SequenceEqual(Stages.Distinct().Order()))
            yield return $"stages are not in the order {string.Join(", ", Enum.GetValues<SweepStage>().Select(stage => stage.Word()))}.";
        if (!Stages.Contains(SweepStage.Student) && (Stages.Contains(SweepStage.Eval) || Stages.Contains(SweepStage.Export)))
            yield return "stages have 'eval' or 'export' and no 'student', whose network these take.";
        if (Lut is null && Profiler is null)
            yield return $"neither lut nor profiler is there: name a latency table, or have one measured with \"profiler\": \"{Local}\".";
        if (Stages.Contains(SweepStage.Measure) && Profiler is null)
            yield return $"stages have 'measure', and nobody measures: set profiler to an address or to \"{Local}\".";
        if (Pool is not null && Profiler is null or Local)
            yield return "pool is a part of a fleet: name the fleet's address in profiler.";
        if (Retries is < 0 or > MostRetries)
            yield return FormattableString.Invariant($"retries is {Retries}: name a number from 0 to {MostRetries}.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,59}\z")]
    private static partial Regex Name();
}
