namespace FasterSeg.Latency.Predicting;

/// <summary>
/// How alike the logarithms of two operators' latencies are expected to be: a power law in work and traffic that all share, one of each
/// group's own, an offset of each kind, and a smooth rest over size and channels (Matern 5/2, Rasmussen and Williams 2006, equation 4.17)
/// that groups share in part. Where another device's table is known, it is the ratio to what is plausible there that is alike in this way,
/// and two parts more say how much of it counts: what grows with the one device's latency may grow more, or less, with the other's (Kennedy
/// and O'Hagan 2000, whose factor this is, in logarithms), and what is odd in a single latency there, an accident of measuring or the
/// operator's own, counts in part.
/// </summary>
/// <param name="Slopes">Variance of the shared power law's exponents.</param>
/// <param name="GroupOffset">Variance of a group's offset.</param>
/// <param name="KindOffset">Variance of a kind's offset.</param>
/// <param name="GroupSlopes">Variance of the exponents that a group has on top.</param>
/// <param name="Rest">Variance of the smooth rest.</param>
/// <param name="Shared">Correlation of the rests of two groups, 0 to 1.</param>
/// <param name="SizeLength">Length scale of the rest over the size, in doublings of a side.</param>
/// <param name="InLength">Over the input's channels, in doublings.</param>
/// <param name="OutLength">Over the output's channels, in doublings.</param>
/// <param name="Noise">Variance of a single latency's logarithm that nothing explains: it is at least this uncertain.</param>
/// <param name="KnownSlope">Variance of the exponent of the known latency, around 1; 0 where no table is known.</param>
/// <param name="OddShare">Variance of the share of what is odd there, around 0; 0 likewise.</param>
public sealed record LatencyKernel(
    double Slopes,
    double GroupOffset,
    double KindOffset,
    double GroupSlopes,
    double Rest,
    double Shared,
    double SizeLength,
    double InLength,
    double OutLength,
    double Noise,
    double KnownSlope = 0,
    double OddShare = 0
)
{
    // Latencies of one device lie within some powers of e of their mean; what it is, the measurements say.
    private const double LevelVariance = 10;

    /// <summary>What is expected of a device that nothing is known of, and where the search for better values begins.</summary>
    public static LatencyKernel Start { get; } = new(0.2, 0.2, 0.2, 0.02, 0.1, 0.3, 2, 5, 2, 1e-3);

    /// <summary>What is expected of the ratio of two devices' latencies.</summary>
    public static LatencyKernel StartOfRatios { get; } = new(0.02, 0.05, 0.05, 0.01, 0.05, 0.3, 2, 5, 2, 1e-3, 0.02, 0.3);

    /// <summary>What is expected before anything is measured, with another device's table or without one.</summary>
    internal static LatencyKernel Expected(KnownTable? table) => table is null ? Start : StartOfRatios;

    /// <summary>Covariance of two operators' latencies, in logarithms, without the noise.</summary>
    /// <param name="a">An operator.</param>
    /// <param name="b">Another one.</param>
    /// <param name="means">Where slopes are counted from.</param>
    public double Covariance(in OperatorFeatures a, in OperatorFeatures b, in FeatureMeans means)
    {
        double power =
            ((a.LogWork - means.LogWork) * (b.LogWork - means.LogWork))
            + ((a.LogTraffic - means.LogTraffic) * (b.LogTraffic - means.LogTraffic));
        double size = (a.Size - b.Size) / SizeLength,
            input = (a.In - b.In) / InLength,
            output = (a.Out - b.Out) / OutLength;
        double rest = Rest * Matern(Math.Sqrt((size * size) + (input * input) + (output * output)));
        double sum =
            LevelVariance
            + (Slopes * power)
            + (KnownSlope * (a.Known - means.Known) * (b.Known - means.Known))
            + (OddShare * a.Odd * b.Odd)
            + (a.Kind == b.Kind ? KindOffset : 0);
        return a.Group == b.Group ? sum + GroupOffset + (GroupSlopes * power) + rest : sum + (Shared * rest);
    }

    private static double Matern(double distance)
    {
        double scaled = Math.Sqrt(5) * distance;
        return (1 + scaled + (scaled * scaled / 3)) * Math.Exp(-scaled);
    }
}
