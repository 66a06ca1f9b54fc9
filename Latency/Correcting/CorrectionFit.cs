using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Correcting;

/// <summary>Fits a <see cref="LatencyCorrection"/> on whole networks, by least squares of the relative errors; docs/decisions/0013 has what
/// it was held against. A network that was measured while others had the machine counts less (Huber, 1964), and numbers that the networks
/// say little about stay near no correction, the more the networks scatter (docs/decisions/0031).</summary>
public static class CorrectionFit
{
    /// <summary>Fewer networks than this say too little about four numbers.</summary>
    public const int FewestNetworks = 8;

    private const double NsPerMs = 1e6;

    // Each number alone is expected to change an estimate by so much; as far as that goes beyond what networks scatter by, they decide.
    private const double Expected = 0.08;

    // 95 % as good as least squares where all errors are normal.
    private const double Huber = 1.345,
        DeviationsOfMedian = 1.4826,
        Farthest = 3;

    // Errors of exact numbers are rounding, which weighs nothing.
    private const double LeastScatter = 1e-9;

    private const int Rounds = 20;

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
            double[] numbers = Numbers([.. rows.Select(row => terms[row].Select(term => term / networks[row].MeasuredMs).ToArray())]);
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
        return Of(all) with { Deviation = RootMeanSquare(errors) };
    }

    /// <summary>What the plain sum is off by on the same networks, as <see cref="LatencyCorrection.Deviation"/> is counted: the root mean
    /// square of the relative errors, of which none counts more than three deviations. A correction that is farther off on networks that
    /// took no part in its fit makes a table worse.</summary>
    /// <param name="networks">The networks that a correction is fitted on.</param>
    /// <param name="table">Has every part. A correction that it has is left out of account.</param>
    public static double PlainDeviation(IReadOnlyList<Network> networks, LatencyTable table) => Deviation(networks, table.With(null));

    /// <summary>What a table as it is, corrected or not, is off by on networks that took no part in it, counted likewise.</summary>
    /// <param name="networks">Measured networks.</param>
    /// <param name="table">Has every part.</param>
    public static double Deviation(IReadOnlyList<Network> networks, LatencyTable table) =>
        RootMeanSquare([.. networks.Select(network => (network.Parts.Sum(part => table[part]) / network.MeasuredMs) - 1)]);

    /// <summary>Of relative errors; what is beyond three deviations counts as three: that network was measured in a bad moment.</summary>
    private static double RootMeanSquare(double[] errors)
    {
        double most = Farthest * DeviationsOfMedian * errors.Select(Math.Abs).Median();
        return errors.Select(error => Math.Min(Math.Abs(error), most)).RootMeanSquare();
    }

    /// <summary>The four numbers for terms in shares of what was measured: their sum is to be 1 in each row.</summary>
    private static double[] Numbers(double[][] shares)
    {
        int count = shares[0].Length;
        double[] typical = [.. Enumerable.Range(0, count).Select(term => Math.Abs(shares.Average(row => row[term])))],
            weights = [.. shares.Select(_ => 1.0)],
            numbers = Solve(0);
        double scatter = Scatter();
        for (int round = 0; round < Rounds; round++)
        {
            double edge = Huber * scatter;
            weights = [.. Errors().Select(error => Math.Abs(error) <= edge ? 1 : Math.Sqrt(edge / Math.Abs(error)))];
            numbers = Solve(scatter / Expected);
            scatter = Scatter();
        }
        return numbers;

        IEnumerable<double> Errors() => shares.Select(row => row.Zip(numbers, (share, number) => share * number).Sum() - 1);

        // Four numbers follow a few networks closer than others.
        double Scatter() =>
            Math.Max(
                LeastScatter,
                DeviationsOfMedian * Errors().Select(Math.Abs).Median() * Math.Sqrt(shares.Length / Math.Max(1.0, shares.Length - count))
            );

        // Beside the networks a row for each number, which says that there is no correction.
        double[] Solve(double belief) =>
            NonNegativeLeastSquares.Solve(
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(term =>
                            (double[])
                                [
                                    .. shares.Select((row, i) => weights[i] * row[term]),
                                    .. typical.Select((share, other) => other == term ? belief * share : 0),
                                ]
                        ),
                ],
                [.. weights, belief * typical[0], .. typical.Skip(1).Select(_ => 0.0)]
            );
    }

    /// <summary>What each number of the correction is multiplied by; ms for each.</summary>
    private static double[] Terms(Network network, LatencyTable alone) =>
        [
            network.Parts.Sum(part => alone[part]),
            -network.Parts.Sum(LatencyCorrection.BoundaryValues) / NsPerMs,
            network.Parts.Sum(LatencyCorrection.Weights) / NsPerMs,
            -network.Parts.Count(part => alone[part] > 0),
        ];
}
