using FasterSeg.Latency.Networks;

namespace FasterSeg.Latency.Estimating;

/// <summary>What one part adds to a network's estimated latency.</summary>
/// <param name="Part">The part.</param>
/// <param name="Milliseconds">Its latency, or null where the table knows no part of its kind and it was left out.</param>
/// <param name="Percent">Of the network's estimate; 0 where it was left out.</param>
public sealed record PartShare(NetworkPart Part, double? Milliseconds, double Percent);
