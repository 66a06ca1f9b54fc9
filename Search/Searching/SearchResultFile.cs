using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>What a search found, in its run folder: the networks, <c>parameters.json</c> and <c>search.json</c>.</summary>
public static class SearchResultFile
{
    private const int LargestFile = 1 << 20; // bytes; real ones have some thousand

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes both networks, the parameters they come from, and what spoke for each pair of branches.</summary>
    public static void Write(RunFolder run, SearchModel model, IReadOnlyList<RoleChoice> choices) =>
        Write(run, [.. choices.Select(choice => (choice, model.Of(choice.Role).Values()))], [], []);

    /// <summary>The same for one role, beside what the run has of the other.</summary>
    /// <exception cref="UserErrorException">What the run has cannot be read.</exception>
    public static void Add(RunFolder run, RoleChoice choice, ArchitectureValues values)
    {
        JsonObject parameters = File.Exists(run.Parameters) ? Parse(run.Parameters).AsObject() : [];
        JsonArray pairs = File.Exists(run.SearchResult) ? Parse(run.SearchResult).AsArray() : [];
        foreach (JsonNode? old in pairs.Where(pair => (string?)pair?["role"] == RunFolder.Name(choice.Role)).ToArray())
            pairs.Remove(old);
        Write(run, [(choice, values)], parameters, pairs);
    }

    /// <summary>Reads a <c>search.json</c>.</summary>
    /// <exception cref="UserErrorException">It is missing or no such file; the message says why.</exception>
    public static IReadOnlyList<SearchedPair> Read(string path)
    {
        try
        {
            return
            [
                .. Parse(path)
                    .AsArray()
                    .Select(pair => new SearchedPair(
                        Enum.Parse<Role>((string?)pair!["role"] ?? "", ignoreCase: true),
                        int.Parse(((string?)pair["branches"] ?? "").Split('+')[^1], CultureInfo.InvariantCulture),
                        (double?)pair["supernet_mean_iou"],
                        (double)pair["estimate_ms"]!,
                        (bool)pair["chosen"]!
                    )),
            ];
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            throw new UserErrorException(
                $"{path} does not hold the branch pairs of a search ({e.Message.TrimEnd('.')}): restore it, or move it away.",
                e
            );
        }
    }

    private static void Write(
        RunFolder run,
        IReadOnlyList<(RoleChoice Choice, ArchitectureValues Values)> roles,
        JsonObject parameters,
        JsonArray pairs
    )
    {
        foreach (var (choice, values) in roles)
        {
            DerivedArchitectureJson.Save(choice.Winner.Architecture, run.Architecture(choice.Role));
            foreach (var (name, value) in ArchitectureValuesJson.ToJson(values, choice.Role))
                parameters[name] = value?.DeepClone();
            foreach (DerivedPair pair in new[] { choice.Winner, choice.Other })
            {
                pairs.Add(
                    new JsonObject
                    {
                        ["role"] = RunFolder.Name(choice.Role),
                        ["branches"] = pair.Architecture.Pair,
                        ["supernet_mean_iou"] = pair.MeanIou,
                        ["estimate_ms"] = pair.EstimateMs,
                        ["chosen"] = ReferenceEquals(pair, choice.Winner),
                    }
                );
            }
        }
        AtomicFile.WriteAllText(run.Parameters, parameters.ToJsonString(Indented) + "\n");
        AtomicFile.WriteAllText(run.SearchResult, pairs.ToJsonString(Indented) + "\n");
    }

    private static JsonNode Parse(string path)
    {
        try
        {
            return JsonNode.Parse(UserJson.Read(path, LargestFile).Span) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"{path} is not valid JSON ({UserJson.Plain(e)}): restore it, or move it away.", e);
        }
    }
}
