using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Ranking;

/// <summary>Draws the networks of the benchmark: many of one latency, and some of four others.</summary>
internal static class NetworkDraw
{
    /// <summary>Networks of the band that a search aims at.</summary>
    public const int InBand = 64;

    /// <summary>Networks of each other band.</summary>
    public const int InOthers = 8;

    /// <summary>Half width of a band, as a share of its middle.</summary>
    public const double Tolerance = 0.025;

    private const int Seed = 17;
    private const int Tries = 200_000;

    /// <summary>Where the bands lie: shares of random students that are faster. The first is the search's.</summary>
    private static readonly double[] Quantiles = [0.5, 0.1, 0.3, 0.7, 0.9];

    /// <summary>The networks, the same for the same space and table. None is drawn twice.</summary>
    /// <exception cref="UserErrorException">A band holds too few networks.</exception>
    public static IReadOnlyList<RankedNetwork> Of(SearchSpace space, LatencyTable table)
    {
        var networks = new List<RankedNetwork>();
        for (int band = 0; band < Quantiles.Length; band++)
        {
            double middle = RandomArchitectures.Quantile(space, table, Quantiles[band], Seed);
            int count = band == 0 ? InBand : InOthers;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            // Each band looks at draws of its own, so that one of them can be changed without the others.
            for (int i = 0; seen.Count < count; i++)
            {
                if (i == Tries)
                    throw new UserErrorException(
                        FormattableString.Invariant($"Only {seen.Count} of {count} networks of {middle:F3} ms were found.")
                    );
                int draw = (1_000_000 * (band + 1)) + i;
                DerivedArchitecture architecture = RandomArchitectures.Draw(space, Role.Student, draw);
                double estimate = NetworkEstimate.Of(table, NetworkPlan.Of(architecture, space)).TotalMs;
                if (Math.Abs(estimate - middle) <= Tolerance * middle && seen.Add(DerivedArchitectureJson.Write(architecture)))
                    networks.Add(RankedNetwork.Of(FormattableString.Invariant($"b{band}-{seen.Count - 1}"), band, draw, space, table));
            }
        }
        return networks;
    }
}
