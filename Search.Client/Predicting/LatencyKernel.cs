namespace FasterSeg.Search.Client.Predicting;

/// <summary>
/// How alike the logarithms of two operators' latencies are expected to be: a power law in work and traffic that all share, one of each group's
/// own, an offset of each kind, and a smooth rest over size and channels (Matern 5/2, Rasmussen and Williams 2006, equation 4.17) that groups
/// share in part.
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
public sealed record LatencyKernel(double Slopes, double GroupOffset, double KindOffset, double GroupSlopes, double Rest, double Shared,
    double SizeLength, double InLength, double OutLength, double Noise)
{
    // Latencies of one device lie within some powers of e of their mean; what it is, the measurements say.
    private const double LevelVariance = 10;

    /// <summary>Where the search for better values begins.</summary>
    public static LatencyKernel Start { get; } = new(0.2, 0.2, 0.2, 0.02, 0.1, 0.3, 2, 5, 2, 1e-3);

    /// <summary>Covariance of two operators' latencies, in logarithms, without the noise.</summary>
    public double Covariance(in OperatorFeatures a, in OperatorFeatures b, double meanWork, double meanTraffic)
    {
        double power = ((a.LogWork - meanWork) * (b.LogWork - meanWork)) + ((a.LogTraffic - meanTraffic) * (b.LogTraffic - meanTraffic));
        double size = (a.Size - b.Size) / SizeLength, input = (a.In - b.In) / InLength, output = (a.Out - b.Out) / OutLength;
        double rest = Rest * Matern(Math.Sqrt((size * size) + (input * input) + (output * output)));
        double sum = LevelVariance + (Slopes * power) + (a.Kind == b.Kind ? KindOffset : 0);
        return a.Group == b.Group ? sum + GroupOffset + (GroupSlopes * power) + rest : sum + (Shared * rest);
    }

    private static double Matern(double distance)
    {
        double scaled = Math.Sqrt(5) * distance;
        return (1 + scaled + (scaled * scaled / 3)) * Math.Exp(-scaled);
    }
}
