using FasterSeg.Latency.Numbers;

namespace FasterSeg.Latency.Predicting;

/// <summary>
/// Finds kernels that are probable after the measurements, by seeded steps at random in the logarithms of their values: some hundred
/// operators are factored in milliseconds, and the surface has more than one hill. Before the measurements each value is expected near
/// where the search begins (normal in its logarithm): a dozen measurements alone do not tell a dozen values.
/// </summary>
internal static class KernelSearch
{
    private const int Tries = 150;
    private const double FirstStep = 0.7,
        LastStep = 0.15,
        Shrink = 0.99,
        Touched = 0.4;

    // Kernels to average over, each so many steps after the one before it.
    private const int Samples = 20,
        Between = 12;
    private const double SampleStep = 0.5;
    private const double PriorDeviation = 2;
    private const double Least = 1e-6,
        Most = 50,
        LeastNoise = 1e-6;

    /// <summary>The most probable one of those tried.</summary>
    /// <param name="learn">Learns with a kernel.</param>
    /// <param name="start">The kernel to begin with; what it has of a known table is looked for.</param>
    /// <param name="seed">The same seed tries the same kernels.</param>
    public static GaussianProcess Best(Func<LatencyKernel, GaussianProcess> learn, LatencyKernel start, int seed) =>
        Find(learn, start, seed).Process;

    /// <summary>Kernels in proportion to their probability (Metropolis et al. 1953), beginning with the best.</summary>
    public static IReadOnlyList<GaussianProcess> Sample(Func<LatencyKernel, GaussianProcess> learn, LatencyKernel start, int seed)
    {
        var random = new StableRandom(seed, 12);
        Tried at = Find(learn, start, seed);
        var samples = new List<GaussianProcess>();
        for (int i = 1; i <= Samples * Between; i++)
        {
            Tried? next = Try(learn, Stepped(at.Values, SampleStep, ref random), start);
            double chance = random.NextDouble();
            if (next is not null && chance < Math.Exp(next.Probability - at.Probability))
                at = next;
            if (i % Between == 0)
                samples.Add(at.Process);
        }
        return samples;
    }

    private static Tried Find(Func<LatencyKernel, GaussianProcess> learn, LatencyKernel start, int seed)
    {
        var random = new StableRandom(seed, 11);
        Tried best = Try(learn, Values(start), start)!;
        double step = FirstStep;
        for (int i = 0; i < Tries; i++)
        {
            if (Try(learn, Stepped(best.Values, step, ref random), start) is { } next && next.Probability > best.Probability)
                best = next;
            else
                step = Math.Max(LastStep, step * Shrink);
        }
        return best;
    }

    private static Tried? Try(Func<LatencyKernel, GaussianProcess> learn, double[] values, LatencyKernel start)
    {
        try
        {
            GaussianProcess process = learn(Kernel(values));
            return new(values, process, process.LogLikelihood + LogPrior(values, Values(start)));
        }
        catch (ArgumentException)
        {
            // Rounding has left a covariance that is not positive definite.
            return null;
        }
    }

    private static double[] Stepped(double[] values, double step, ref StableRandom random)
    {
        double[] stepped = [.. values];
        for (int k = 0; k < stepped.Length; k++)
        {
            double change = random.NextGaussian();
            if (random.NextBool(Touched))
                stepped[k] += step * change;
        }
        return stepped;
    }

    private static double LogPrior(double[] values, double[] expected) =>
        -0.5 * values.Zip(expected, (value, mean) => (value - mean) * (value - mean)).Sum() / (PriorDeviation * PriorDeviation);

    private static double[] Values(LatencyKernel k) =>
        [
            .. new[]
            {
                k.Slopes,
                k.GroupOffset,
                k.KindOffset,
                k.GroupSlopes,
                k.Rest,
                k.SizeLength,
                k.InLength,
                k.OutLength,
                k.Noise,
            }.Select(value => Math.Log(value)),
            Math.Log(k.Shared / (1 - k.Shared)),
            .. k.KnownSlope > 0 ? new[] { Math.Log(k.KnownSlope), Math.Log(k.OddShare) } : [],
        ];

    private static LatencyKernel Kernel(double[] values)
    {
        double[] k = [.. values.Select(value => Math.Clamp(Math.Exp(value), Least, Most))];
        return new(
            k[0],
            k[1],
            k[2],
            k[3],
            k[4],
            1 / (1 + Math.Exp(-values[9])),
            k[5],
            k[6],
            k[7],
            Math.Max(LeastNoise, k[8]),
            k.Length > 10 ? k[10] : 0,
            k.Length > 10 ? k[11] : 0
        );
    }

    /// <param name="Values">The kernel's values, in logarithms.</param>
    /// <param name="Process">What was learned with it.</param>
    /// <param name="Probability">Logarithm of the kernel's probability after the measurements, up to a constant.</param>
    private sealed record Tried(double[] Values, GaussianProcess Process, double Probability);
}
