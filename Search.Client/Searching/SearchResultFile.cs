using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Operators;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Running;

namespace FasterSeg.Search.Client.Searching;

/// <summary>Writes what a search found into its run folder.</summary>
public static class SearchResultFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes both networks, the parameters they come from, and what spoke for each pair of branches.</summary>
    public static void Write(RunFolder run, SearchModel model, IReadOnlyList<RoleChoice> choices)
    {
        var parameters = new JsonObject();
        var pairs = new JsonArray();
        foreach (RoleChoice choice in choices)
        {
            DerivedArchitectureJson.Save(choice.Winner.Architecture, run.Architecture(choice.Role));
            foreach (var (name, value) in ArchitectureValuesJson.ToJson(model.Of(choice.Role).Values(), choice.Role)) parameters[name] = value?.DeepClone();
            foreach (DerivedPair pair in new[] { choice.Winner, choice.Other })
            {
                pairs.Add(new JsonObject
                {
                    ["role"] = RunFolder.Name(choice.Role),
                    ["branches"] = $"32+{pair.Architecture.Shallow.LastScale}",
                    ["supernet_mean_iou"] = pair.MeanIou,
                    ["estimate_ms"] = pair.EstimateMs,
                    ["chosen"] = ReferenceEquals(pair, choice.Winner),
                });
            }
        }
        AtomicFile.WriteAllText(run.Parameters, parameters.ToJsonString(Indented) + "\n");
        AtomicFile.WriteAllText(run.SearchResult, pairs.ToJsonString(Indented) + "\n");
    }
}
