using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Comparing;

/// <summary>A key in which the configurations of compared runs differ.</summary>
/// <param name="Key">E.g. <c>searching:latencyTerms</c>.</param>
/// <param name="Values">Each value with the runs that have it, in the order in which they were named.</param>
public sealed record ConfigurationDifference(string Key, IReadOnlyList<(string Value, IReadOnlyList<string> Runs)> Values)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { ConfigurationWords.Converter } };

    /// <summary>All runs that it is about.</summary>
    public IEnumerable<string> Runs => Values.SelectMany(value => value.Runs);

    /// <summary>For people: <c>decoupled (a, b), joint (c)</c>.</summary>
    public override string ToString() => string.Join(", ", Values.Select(value => $"{value.Value} ({string.Join(", ", value.Runs)})"));

    /// <summary>The keys in which runs differ; the seed, and the machines that they were made on, left out.</summary>
    public static IReadOnlyList<ConfigurationDifference> Of(IReadOnlyList<ComparedRun> runs)
    {
        (string Run, JsonNode Json)[] configurations =
        [
            .. runs.Select(run => (run.Name, JsonSerializer.SerializeToNode(run.Options, Json)!)),
        ];
        return
        [
            .. ConfigurationKeys
                .Values.Keys.Where(key => key != "seed" && !key.StartsWith("machine:", StringComparison.Ordinal))
                .Select(key => new ConfigurationDifference(
                    key,
                    [
                        .. configurations
                            .GroupBy(each => Value(each.Json, key), each => each.Run)
                            .Select(group => (group.Key, (IReadOnlyList<string>)[.. group])),
                    ]
                ))
                .Where(difference => difference.Values.Count > 1),
        ];
    }

    /// <summary>The keys in which two configurations differ, with both values; the machines that they were made on left out.</summary>
    public static IEnumerable<(string Key, string First, string Second)> Between(FasterSegOptions first, FasterSegOptions second)
    {
        JsonNode one = JsonSerializer.SerializeToNode(first, Json)!,
            other = JsonSerializer.SerializeToNode(second, Json)!;
        return ConfigurationKeys
            .Values.Keys.Where(key => !key.StartsWith("machine:", StringComparison.Ordinal))
            .Select(key => (key, Value(one, key), Value(other, key)))
            .Where(each => each.Item2 != each.Item3);
    }

    private static string Value(JsonNode configuration, string key)
    {
        JsonNode value = key.Split(':').Aggregate(configuration, (node, name) => node[name]!);
        return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }
}
