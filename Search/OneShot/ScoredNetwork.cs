using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.OneShot;

/// <summary>A network that a search has looked at.</summary>
/// <param name="Genotype">What it descends from.</param>
/// <param name="Architecture">The network.</param>
/// <param name="EstimateMs">From the table.</param>
/// <param name="Score">With the shared weights.</param>
public sealed record ScoredNetwork(Genotype Genotype, DerivedArchitecture Architecture, double EstimateMs, NetworkScore Score);
