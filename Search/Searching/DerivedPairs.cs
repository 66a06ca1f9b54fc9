using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Searching;

/// <summary>Derives both networks that a role can become, and estimates them.</summary>
public static class DerivedPairs
{
    /// <summary>The pairs 32+8 and 32+16, in this order.</summary>
    /// <param name="parameters">alpha, beta and gamma of the role, with what is known of the pairs' mIoU.</param>
    /// <param name="space">Their space.</param>
    /// <param name="role">Whose they are.</param>
    /// <param name="searching">Says by which rule.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="band">Where the student shall lie, for a rule that looks at it; null leaves that out.</param>
    public static (DerivedPair With8, DerivedPair With16) Of(
        ParametersFile parameters,
        SearchSpace space,
        Role role,
        SearchingOptions searching,
        LatencyTable table,
        LatencyTarget? band = null
    )
    {
        BandDerivation? banded =
            searching.Derivation == DerivationRule.Banded && role == Role.Student && band is not null
                ? new(parameters.Values, space, role, table, band)
                : null;

        DerivedPair Pair(int shallowEnd, double? meanIou)
        {
            // Where no network lies in the band, what the argmax gives shows how far it is.
            DerivedArchitecture derived = banded?.Derive(shallowEnd)?.Network
                ?? Derivation.Derive(parameters.Values, space, role, shallowEnd, searching.Derivation);
            return new DerivedPair(derived, meanIou, NetworkEstimate.Of(table, NetworkPlan.Of(derived, space)).TotalMs);
        }
        return (Pair(0, parameters.MeanIouWith8), Pair(1, parameters.MeanIouWith16));
    }
}
