using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Searching;

namespace FasterSeg.Search.OneShot;

/// <summary>A network that shared weights offer.</summary>
/// <param name="Architecture">The network.</param>
/// <param name="EstimateMs">From the table.</param>
/// <param name="Score">With the shared weights.</param>
public record OfferedNetwork(DerivedArchitecture Architecture, double EstimateMs, NetworkScore Score);

/// <summary>A network that a search has looked at.</summary>
/// <param name="Genotype">What it descends from.</param>
/// <param name="Architecture">The network.</param>
/// <param name="EstimateMs">From the table.</param>
/// <param name="Score">With the shared weights.</param>
public sealed record ScoredNetwork(Genotype Genotype, DerivedArchitecture Architecture, double EstimateMs, NetworkScore Score)
    : OfferedNetwork(Architecture, EstimateMs, Score)
{
    /// <summary>Whether it was drawn at random, and is no descendant of good ones.</summary>
    public bool IsDrawn { get; init; }

    /// <summary>The network as a search's result: beside what its parameters give for the other pair of branches.</summary>
    /// <param name="space">Its space.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="meanIou">Of this network and of the other one with shared weights; null where there are none.</param>
    public RoleChoice Choice(SearchSpace space, LatencyTable table, Func<DerivedArchitecture, double?> meanIou)
    {
        Role role = Architecture.Role;
        DerivedArchitecture other = (Genotype with { ShallowEnd = 1 - Genotype.ShallowEnd }).Derive(space, role);
        return new(
            role,
            new(Architecture, meanIou(Architecture), EstimateMs),
            new(other, meanIou(other), NetworkEstimate.Of(table, NetworkPlan.Of(other, space)).TotalMs)
        );
    }
}
