using FasterSeg.Latency.Networks;

namespace FasterSeg.Latency.Estimating;

/// <summary>One of the two networks that a role can become, with what speaks for it.</summary>
/// <param name="Architecture">With branches that end at 32 and at 16 or 8.</param>
/// <param name="MeanIou">Of the supernet's head on the same pair of maps, at the argmax widths, 0 to 1; null where nobody measured
/// it.</param>
/// <param name="EstimateMs">Of the derived network, from the table.</param>
public sealed record DerivedPair(DerivedArchitecture Architecture, double? MeanIou, double EstimateMs)
{
    /// <summary>The paper's objective: of two pairs the one with the larger value wins. Null where the mIoU is.</summary>
    public double? Objective(double targetMs) => MeanIou is { } share ? PaperObjective.Of(share, EstimateMs, targetMs) : null;
}
