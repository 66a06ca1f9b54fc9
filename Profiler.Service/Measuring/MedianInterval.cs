using MathNet.Numerics.Distributions;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// A median with its distribution-free 95 % confidence interval: the k-th smallest and k-th largest sample, where k is the
/// largest rank that a Binomial(n, 1/2) count of samples below the true median undercuts with probability 2.5 % at most.
/// It needs no assumption about the samples' distribution but that they are independent.
/// </summary>
/// <param name="Median">The sample median.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct MedianInterval(double Median, double Low, double High)
{
    /// <summary>Fewer samples than this have no 95 % interval: even minimum to maximum covers the median less often.</summary>
    public const int FewestSamples = 6;

    private const double Tail = 0.025;

    /// <summary>Half the interval's width.</summary>
    public double HalfWidth => (High - Low) / 2;

    /// <summary>The interval of ascending samples; from minimum to maximum where they are fewer than <see cref="FewestSamples"/>.</summary>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static MedianInterval OfSorted(ReadOnlySpan<double> sorted)
    {
        if (sorted.IsEmpty)
            throw new ArgumentException("A median needs at least one sample.");
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        int rank = sorted.Length < FewestSamples ? 1 : LowerRank(sorted.Length);
        return new(median, sorted[rank - 1], sorted[^rank]);
    }

    /// <summary>The rank k (1 is the smallest sample) of the interval's lower end; its upper end has rank n + 1 - k.</summary>
    public static int LowerRank(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, FewestSamples);
        // The normal approximation is off by one at most; the exact distribution decides.
        int rank = Math.Max(1, (int)((samples / 2.0) - (0.98 * Math.Sqrt(samples))));
        while (rank > 1 && Binomial.CDF(0.5, samples, rank - 1) > Tail)
            rank--;
        while (Binomial.CDF(0.5, samples, rank) <= Tail)
            rank++;
        return rank;
    }
}
