using FasterSeg.Search.Client.Networks;

namespace FasterSeg.Search.Client.Searching;

/// <summary>One of the two networks that a role can become, with what speaks for it.</summary>
/// <param name="Architecture">With branches that end at 32 and at 16 or 8.</param>
/// <param name="MeanIou">Of the supernet's head on the same pair of maps, at the argmax widths, 0 to 1; null where nobody measured it.</param>
/// <param name="EstimateMs">Of the derived network, from the table.</param>
public sealed record DerivedPair(DerivedArchitecture Architecture, double? MeanIou, double EstimateMs)
{
    private const double Exponent = -0.07;

    /// <summary>
    /// The paper's objective, mIoU * (latency / target)^-0.07 (Section 4.1): of two pairs the one with the larger value wins.
    /// The target's value does not change which one. Null where the mIoU is.
    /// </summary>
    public double? Objective(double targetMs) => MeanIou * Math.Pow(EstimateMs / targetMs, Exponent);
}
