using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>
/// Draws networks of a space at random, by deriving them from random alpha, beta and gamma: the baseline that a search must
/// beat, and what "slow" and "fast" mean on a device that nobody has measured before.
/// </summary>
public static class RandomArchitectures
{
    private const int TargetSample = 200;

    /// <summary>A random student or teacher; the same seed gives the same one.</summary>
    /// <param name="space">The space.</param>
    /// <param name="role">Student or teacher.</param>
    /// <param name="seed">Of the network.</param>
    /// <param name="shallowEnd">The scale at which the shallow branch ends, 0 for 1/8 and 1 for 1/16; null draws it too.</param>
    public static DerivedArchitecture Draw(SearchSpace space, Role role, int seed, int? shallowEnd = null)
    {
        var random = new StableRandom(seed, (int)role);
        return Genotype.Draw(space, ref random, shallowEnd).Derive(space, role);
    }

    /// <summary>The first of a seeded sequence of random networks whose estimate is within a tolerance of a latency.</summary>
    /// <param name="space">The space.</param>
    /// <param name="role">Student or teacher.</param>
    /// <param name="table">Latencies.</param>
    /// <param name="milliseconds">The latency to hit.</param>
    /// <param name="tolerance">Relative, e.g. 0.05.</param>
    /// <param name="seed">Starts the sequence.</param>
    /// <param name="tries">Networks to draw at most.</param>
    /// <param name="cancellation">Stops drawing.</param>
    /// <returns>The network with its estimate, or null where none of them hits.</returns>
    public static (DerivedArchitecture Architecture, double EstimateMs)? Near(
        SearchSpace space,
        Role role,
        LatencyTable table,
        double milliseconds,
        double tolerance,
        int seed,
        int tries = 20_000,
        CancellationToken cancellation = default
    )
    {
        for (int i = 0; i < tries; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            DerivedArchitecture candidate = Draw(space, role, unchecked((seed * 1_000_003) + i));
            double estimate = EstimateMs(candidate, space, table);
            if (Math.Abs(estimate - milliseconds) <= tolerance * milliseconds)
                return (candidate, estimate);
        }
        return null;
    }

    /// <summary>The latency below which a share of random networks lies, ms.</summary>
    public static double Quantile(SearchSpace space, LatencyTable table, double share, int seed, Role role = Role.Student)
    {
        double[] sorted =
        [
            .. Enumerable
                .Range(0, TargetSample)
                .Select(i => EstimateMs(Draw(space, role, unchecked((seed * 1_000_003) + i)), space, table))
                .Order(),
        ];
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    private static double EstimateMs(DerivedArchitecture architecture, SearchSpace space, LatencyTable table) =>
        NetworkEstimate.Of(table, NetworkPlan.Of(architecture, space)).TotalMs;
}
