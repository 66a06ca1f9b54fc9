using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>What a search found, in its run folder: the networks, <c>parameters.json</c> and <c>search.json</c>.</summary>
public static class SearchResultFile
{
    private const int LargestFile = 1 << 20; // bytes; real ones have some thousand

    // Where the shallow branch of each pair ends.
    private static readonly Dictionary<string, int> ShallowScales = new() { ["32+8"] = 8, ["32+16"] = 16 };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes networks, the parameters they come from, and what spoke for each pair of branches.</summary>
    public static void Write(RunFolder run, IReadOnlyList<(RoleChoice Choice, ArchitectureValues Values)> roles) =>
        Write(run, roles, [], []);

    /// <summary>The same for one role, beside what the run has of the other.</summary>
    /// <exception cref="DamagedRunException">What the run has cannot be read.</exception>
    public static void Add(RunFolder run, RoleChoice choice, ArchitectureValues values)
    {
        JsonObject parameters = File.Exists(run.Parameters) ? ReadParameters(run.Parameters) : [];
        IEnumerable<Pair> pairs = File.Exists(run.SearchResult) ? ReadPairs(run.SearchResult) : [];
        Write(run, [(choice, values)], parameters, pairs.Where(pair => pair.Role != choice.Role));
    }

    /// <summary>Reads a <c>search.json</c>.</summary>
    /// <exception cref="DamagedRunException">It is missing or no such file; the message says why.</exception>
    public static IReadOnlyList<SearchedPair> Read(string path) =>
        [
            .. ReadPairs(path)
                .Select(pair => new SearchedPair(
                    pair.Role,
                    ShallowScales[pair.Branches],
                    pair.SupernetMeanIou,
                    pair.EstimateMs,
                    pair.Chosen
                )),
        ];

    private static void Write(
        RunFolder run,
        IReadOnlyList<(RoleChoice Choice, ArchitectureValues Values)> roles,
        JsonObject parameters,
        IEnumerable<Pair> others
    )
    {
        List<Pair> pairs = [.. others];
        foreach (var (choice, values) in roles)
        {
            DerivedArchitectureJson.Save(choice.Winner.Architecture, run.Architecture(choice.Role));
            foreach (var (name, value) in ArchitectureValuesJson.ToJson(values, choice.Role))
                parameters[name] = value?.DeepClone();
            pairs.AddRange(
                new[] { choice.Winner, choice.Other }.Select(pair => new Pair(
                    choice.Role,
                    pair.Architecture.Pair,
                    pair.MeanIou,
                    pair.EstimateMs,
                    ReferenceEquals(pair, choice.Winner)
                ))
            );
        }
        AtomicFile.WriteAllText(run.Parameters, parameters.ToJsonString(Indented) + "\n");
        RunJson.Save(run.SearchResult, pairs);
    }

    /// <summary>In the layout of the released code, whose names are no words.</summary>
    private static JsonObject ReadParameters(string path) =>
        RunFile.Read(
            path,
            ArchitectureValuesJson.LargestFile,
            "does not hold architecture parameters",
            "restore it, or move it away",
            json => JsonObject.Create(json.Clone()) ?? throw new FormatException("it is null")
        );

    private static Pair[] ReadPairs(string path) =>
        RunFile.Read<Pair[]>(path, LargestFile, "does not hold the branch pairs of a search", "restore it, or move it away", json =>
            [.. RunFile.SomeEntries(RunJson.Renamed(json).Deserialize<Pair?[]>(RunJson.Options)).Select(pair => pair.Checked())]
        );

    private sealed record Pair(Role Role, string Branches, double? SupernetMeanIou, double EstimateMs, bool Chosen)
    {
        public Pair Checked()
        {
            if (!ShallowScales.ContainsKey(Branches))
                throw new FormatException($"'{Branches}' are no branches of a network");
            RunFile.Share(SupernetMeanIou, "supernetMeanIou");
            RunFile.Latency(EstimateMs, "estimateMs");
            return this;
        }
    }
}
