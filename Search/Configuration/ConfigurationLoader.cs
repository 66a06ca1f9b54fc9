using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FasterSeg.Latency;
using Microsoft.Extensions.Configuration;

namespace FasterSeg.Search.Configuration;

/// <summary>
/// Reads the configuration: a JSON file (comments allowed) with <c>--set section:key=value</c> on top. What the file leaves out
/// has its default, the paper's value.
/// </summary>
public static class ConfigurationLoader
{
    private const string SetOption = "--set";
    private const int LargestFile = 1 << 20; // bytes; real ones have some thousand

    // A run wrote the machine into its file, and with it every key that there was: one without the other is of a version before it.
    private const string MachineKey = "machine";

    // What such a version did.
    private static readonly (string Key, Action<FasterSegOptions> Apply)[] Before =
    [
        ("data:fit", options => options.Data.Fit = ImageFit.Own),
        ("oneShot:adaptationSteps", options =>
        {
            if (options.Searching.Method == SearchMethod.Oneshot)
                options.OneShot.AdaptationSteps = 0;
        }),
    ];

    /// <summary>How a configuration is written.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { ConfigurationWords.Converter },
    };

    /// <summary>Loads, overrides and checks.</summary>
    /// <param name="path">The JSON file, or null for the defaults.</param>
    /// <param name="sets">Overrides such as <c>searching:epochs=3</c>; the last one of a key wins.</param>
    /// <exception cref="UsageException">
    /// The file cannot be read, or values are wrong; one message names them all, each with key and value, an unknown key with the
    /// nearest known one.
    /// </exception>
    public static FasterSegOptions Load(string? path, IEnumerable<string>? sets = null)
    {
        var faults = new List<string>();
        Dictionary<string, string?> overrides = ReadSets(sets ?? [], faults);
        IConfigurationRoot file = ReadFile(path);
        IConfigurationRoot both = new ConfigurationBuilder().AddConfiguration(file).AddInMemoryCollection(overrides).Build();

        IReadOnlyList<string> ofFile = [.. ConfigurationSyntax.Check(file, path ?? SetOption)];
        faults.AddRange(ofFile);
        faults.AddRange(ConfigurationSyntax.Check(new ConfigurationBuilder().AddInMemoryCollection(overrides).Build(), SetOption));
        if (faults.Count > 0)
            throw Refusal(ofFile.Count > 0 ? path : null, faults);

        FasterSegOptions options = Bound(both, file);
        IReadOnlyList<string> broken = ConfigurationRules.Check(options);
        if (broken.Count == 0)
            return options;
        // A value that the command line brought is no fault of the file's.
        bool isOfSets =
            broken.All(fault => overrides.Keys.Any(key => fault.StartsWith(key, StringComparison.OrdinalIgnoreCase)))
            || (overrides.Count > 0 && !broken.Intersect(ConfigurationRules.Check(Bound(file, file))).Any());
        throw Refusal(isOfSets ? null : path, broken);
    }

    /// <summary>Writes the configuration in force as JSON that <see cref="Load"/> reads to the same values; replaces the file in one
    /// step.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(FasterSegOptions options, string path) => AtomicFile.WriteAllText(path, Write(options));

    /// <summary>What <see cref="Save"/> writes.</summary>
    public static string Write(FasterSegOptions options) => JsonSerializer.Serialize(options, Json) + "\n";

    /// <summary>Reads what <see cref="Write"/> made; for nobody's own texts, which are checked.</summary>
    internal static FasterSegOptions Read(string json)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(json));
        IConfigurationRoot file = new ConfigurationBuilder().AddJsonStream(text).Build();
        return Bound(file, file);
    }

    private static FasterSegOptions Bound(IConfigurationRoot values, IConfigurationRoot file)
    {
        FasterSegOptions options = values.Get<FasterSegOptions>() ?? new FasterSegOptions();
        if (file.GetSection(MachineKey).Exists())
        {
            foreach (var (_, apply) in Before.Where(one => values[one.Key] is null))
                apply(options);
        }
        return options;
    }

    private static IConfigurationRoot ReadFile(string? path)
    {
        var builder = new ConfigurationBuilder();
        if (path is null)
            return builder.Build();
        try
        {
            if (!File.Exists(path) && !Directory.Exists(path))
                throw new UsageException($"There is no configuration file '{path}'.");
            using var text = new MemoryStream(UserJson.Read(path, LargestFile, "a JSON configuration").ToArray());
            return builder.AddJsonStream(text).Build();
        }
        catch (UserErrorException fault) when (fault is not UsageException)
        {
            throw new UsageException($"The configuration file {fault.Message}", fault);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException)
        {
            throw new UsageException(
                $"The configuration file '{path}' is not valid JSON: {UserJson.Plain(exception.GetBaseException())}.",
                exception
            );
        }
    }

    private static Dictionary<string, string?> ReadSets(IEnumerable<string> sets, List<string> faults)
    {
        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (string set in sets)
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                overrides[set[..equals].Trim()] = set[(equals + 1)..].Trim();
            else
                faults.Add($"{SetOption} {set} has no value: write it like {SetOption} searching:epochs=3.");
        }
        return overrides;
    }

    private static UsageException Refusal(string? path, IReadOnlyList<string> faults)
    {
        string subject = path is null ? "The configuration of the command line" : $"The configuration '{path}'";
        if (faults.Count == 1)
            return new UsageException($"{subject} is wrong: {faults[0]}");
        var message = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{subject} has {faults.Count} faults:"));
        foreach (string fault in faults)
            message.Append("\n  ").Append(fault);
        return new UsageException(message.ToString());
    }
}
