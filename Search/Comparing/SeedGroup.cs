using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Comparing;

/// <summary>Networks of one role whose runs differ by their seed only: what a search gives by chance, and how far that varies.</summary>
/// <param name="Networks">At least two, of different seeds.</param>
public sealed record SeedGroup(IReadOnlyList<ComparedNetwork> Networks)
{
    /// <summary>Teacher or student.</summary>
    public Role Role => Networks[0].Role;

    /// <summary>Latency from the table, ms.</summary>
    public SeedSpread EstimateMs => SeedSpread.Of([.. Networks.Select(network => network.EstimateMs)]);

    /// <summary>Latency measured whole, ms; null where not every network has one.</summary>
    public SeedSpread? MeasuredMs => SeedSpread.OfAll(Networks.Select(network => network.Measured?.MedianMs));

    /// <summary>The supernet's mIoU, 0 to 1; null where not every network has one.</summary>
    public SeedSpread? SupernetMeanIou => SeedSpread.OfAll(Networks.Select(network => network.SupernetMeanIou));

    /// <summary>The trained networks' mIoU, 0 to 1; null where not every network has one, or not on the same images in the same
    /// way.</summary>
    public SeedSpread? TrainedMeanIou =>
        Networks.All(network => network.Evaluation?.IsComparableWith(Networks[0].Evaluation ?? network.Evaluation) == true)
            ? SeedSpread.OfAll(Networks.Select(network => network.TrainedMeanIou))
            : null;

    /// <summary>The groups among some networks; a network that is alone with its configuration is in none.</summary>
    public static IReadOnlyList<SeedGroup> Of(IEnumerable<ComparedNetwork> networks) =>
        [
            .. networks
                .GroupBy(network => (network.Role, network.Run.IsRandom, network.Run.Device, Configuration(network.Run)))
                .Select(group => new SeedGroup([.. group.DistinctBy(network => network.Run.Seed)]))
                .Where(group => group.Networks.Count > 1),
        ];

    /// <summary>The configuration but for the seed and the machine, as text: equal where every value is.</summary>
    private static string Configuration(ComparedRun run)
    {
        JsonObject json = JsonSerializer.SerializeToNode(run.Options)!.AsObject();
        json.Remove(nameof(run.Options.Seed));
        json.Remove(nameof(run.Options.Machine));
        return json.ToJsonString();
    }
}
