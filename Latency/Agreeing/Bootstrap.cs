using FasterSeg.Latency.Numbers;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Agreeing;

/// <summary>95 % confidence intervals for figures of a sample of networks.</summary>
internal static class Bootstrap
{
    private const int Resamples = 1000;
    private const int Seed = 20201;
    private const double Tail = 0.025;

    /// <summary>A figure with its percentile bootstrap interval (Efron, 1979): networks are drawn again with replacement. The same sample
    /// gives the same interval.</summary>
    /// <param name="estimated">One value for each network.</param>
    /// <param name="measured">The other.</param>
    /// <param name="figure">The figure; null where a sample has none, such as the correlation of equal values.</param>
    public static Figure? Of(IReadOnlyList<double> estimated, IReadOnlyList<double> measured, Func<double[], double[], double?> figure)
    {
        if (figure([.. estimated], [.. measured]) is not double value)
            return null;
        var random = new StableRandom(Seed);
        var found = new List<double>(Resamples);
        double[] ones = new double[measured.Count],
            others = new double[measured.Count];
        for (int resample = 0; resample < Resamples; resample++)
        {
            for (int i = 0; i < ones.Length; i++)
            {
                int drawn = random.Next(ones.Length);
                (ones[i], others[i]) = (estimated[drawn], measured[drawn]);
            }
            if (figure(ones, others) is double one)
                found.Add(one);
        }
        return found.Count == 0
            ? new(value, value, value)
            : new(value, Math.Min(value, found.Quantile(Tail)), Math.Max(value, found.Quantile(1 - Tail)));
    }

    /// <summary>A share with its exact binomial interval (Clopper and Pearson, 1934): a bootstrap of all or nothing would claim
    /// certainty.</summary>
    /// <param name="hits">How many fulfil it.</param>
    /// <param name="count">Of how many, above 0.</param>
    public static Figure Share(int hits, int count) =>
        new(
            (double)hits / count,
            hits == 0 ? 0 : Beta.InvCDF(hits, count - hits + 1, Tail),
            hits == count ? 1 : Beta.InvCDF(hits + 1, count - hits, 1 - Tail)
        );
}
