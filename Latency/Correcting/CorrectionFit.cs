using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Correcting;

/// <summary>Fits a <see cref="LatencyCorrection"/> on whole networks, by least squares of the relative errors; docs/decisions/0013 has what
/// it was held against.</summary>
public static class CorrectionFit
{
    /// <summary>Fewer networks than this say too little about four numbers.</summary>
    public const int FewestNetworks = 8;

    private const double NsPerMs = 1e6;

    /// <summary>A measured network.</summary>
    /// <param name="Parts">Its operators, those that it has twice twice.</param>
    /// <param name="MeasuredMs">Its latency, ms.</param>
    public sealed record Network(IReadOnlyList<OperatorSpec> Parts, double MeasuredMs);

    /// <summary>The correction under which the networks' estimates are nearest to what was measured.</summary>
    /// <param name="networks">At least <see cref="FewestNetworks"/>.</param>
    /// <param name="table">Has every part. A correction that it has is left out of account.</param>
    /// <exception cref="ArgumentException">There are too few networks.</exception>
    public static LatencyCorrection Fit(IReadOnlyList<Network> networks, LatencyTable table)
    {
        if (networks.Count < FewestNetworks)
            throw new ArgumentException(
                $"{networks.Count} networks are too few to fit a correction on; {FewestNetworks} are the least.",
                nameof(networks)
            );
        LatencyTable alone = table.With(null);
        double[][] terms = [.. networks.Select(network => Terms(network, alone))];
        LatencyCorrection Of(IReadOnlyList<int> rows)
        {
            double[] numbers = NonNegativeLeastSquares.SolveRelative(
                [.. Enumerable.Range(0, terms[0].Length).Select(term => rows.Select(row => terms[row][term]).ToArray())],
                [.. rows.Select(row => networks[row].MeasuredMs)]
            );
            return new(numbers[0], numbers[1], numbers[2], numbers[3], networks.Count, Deviation: 0);
        }
        int[] all = [.. Enumerable.Range(0, networks.Count)];
        // Each network by a fit of all others: what a network that took no part is off by.
        double[] errors =
        [
            .. all.Select(row =>
            {
                LatencyTable corrected = alone.With(Of([.. all.Except([row])]));
                return (networks[row].Parts.Sum(part => corrected[part]) / networks[row].MeasuredMs) - 1;
            }),
        ];
        return Of(all) with { Deviation = errors.RootMeanSquare() };
    }

    /// <summary>What the plain sum is off by on the same networks, as <see cref="LatencyCorrection.Deviation"/> is counted: the root mean
    /// square of the relative errors. A correction that is farther off on networks that took no part in its fit makes a table
    /// worse.</summary>
    /// <param name="networks">The networks that a correction is fitted on.</param>
    /// <param name="table">Has every part. A correction that it has is left out of account.</param>
    public static double PlainDeviation(IReadOnlyList<Network> networks, LatencyTable table) => Deviation(networks, table.With(null));

    /// <summary>What a table as it is, corrected or not, is off by on networks that took no part in it, counted likewise.</summary>
    /// <param name="networks">Measured networks.</param>
    /// <param name="table">Has every part.</param>
    public static double Deviation(IReadOnlyList<Network> networks, LatencyTable table) =>
        networks.Select(network => (network.Parts.Sum(part => table[part]) / network.MeasuredMs) - 1).RootMeanSquare();

    /// <summary>What each number of the correction is multiplied by; ms for each.</summary>
    private static double[] Terms(Network network, LatencyTable alone) =>
        [
            network.Parts.Sum(part => alone[part]),
            -network.Parts.Sum(LatencyCorrection.BoundaryValues) / NsPerMs,
            network.Parts.Sum(LatencyCorrection.Weights) / NsPerMs,
            -network.Parts.Count(part => alone[part] > 0),
        ];
}
