using FasterSeg.Search.Client.Data;

namespace FasterSeg.Search.Client.Predicting;

/// <summary>
/// Finds the kernel under which the measurements are most likely, by seeded steps at random in the logarithms of its values: some hundred
/// operators are factored in milliseconds, and the likelihood's surface has more than one hill.
/// </summary>
internal static class KernelSearch
{
    private const int Tries = 150;
    private const double FirstStep = 0.7, LastStep = 0.15, Shrink = 0.99, Touched = 0.4;
    private const double Least = 1e-6, Most = 50, LeastNoise = 1e-6;

    /// <summary>The best of those tried.</summary>
    /// <param name="learn">Learns with a kernel.</param>
    /// <param name="seed">The same seed tries the same kernels.</param>
    public static LatencyPredictor Best(Func<LatencyKernel, LatencyPredictor> learn, int seed)
    {
        var random = new StableRandom(seed, 11);
        double[] best = Values(LatencyKernel.Start);
        LatencyPredictor found = learn(LatencyKernel.Start);
        double step = FirstStep;
        for (int i = 0; i < Tries; i++)
        {
            double[] tried = [.. best];
            for (int k = 0; k < tried.Length; k++)
            {
                double change = Normal(ref random);
                if (random.NextBool(Touched)) tried[k] += step * change;
            }
            LatencyPredictor? next = TryLearn(learn, Kernel(tried));
            if (next is not null && next.LogLikelihood > found.LogLikelihood) (best, found) = (tried, next);
            else step = Math.Max(LastStep, step * Shrink);
        }
        return found;
    }

    private static LatencyPredictor? TryLearn(Func<LatencyKernel, LatencyPredictor> learn, LatencyKernel kernel)
    {
        try
        {
            return learn(kernel);
        }
        catch (ArgumentException)
        {
            // Rounding has left a covariance that is not positive definite.
            return null;
        }
    }

    private static double[] Values(LatencyKernel k) =>
        [.. new[] { k.Slopes, k.GroupOffset, k.KindOffset, k.GroupSlopes, k.Rest, k.SizeLength, k.InLength, k.OutLength, k.Noise }.Select(value => Math.Log(value)), Math.Log(k.Shared / (1 - k.Shared))];

    private static LatencyKernel Kernel(double[] values)
    {
        double[] k = [.. values[..9].Select(value => Math.Clamp(Math.Exp(value), Least, Most))];
        return new(k[0], k[1], k[2], k[3], k[4], 1 / (1 + Math.Exp(-values[9])), k[5], k[6], k[7], Math.Max(LeastNoise, k[8]));
    }

    private static double Normal(ref StableRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
