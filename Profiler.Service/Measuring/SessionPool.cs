using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Joins the sessions of one operator or network. A session (the model opened anew, warmed up, sampled) repeats within itself far
/// better than the next one repeats it: its weights and maps lie elsewhere in memory, and now and then one is slow as a whole. So the
/// latency is the median over sessions, and its interval comes from how the sessions scatter, not from the samples of one.
/// </summary>
public static class SessionPool
{
    /// <summary>From so many sessions on the farthest one is left out of the scatter: the median does not follow a single
    /// session.</summary>
    public const int TrimmedFrom = 5;

    private const double UpperTail = 0.975;

    // A session of 20,000 samples counts no more than one of 15: each gives so many points of its distribution.
    private const int PointsOfASession = 101;

    // Two or three sessions say little about their scatter; what was asked for counts like so many further ones.
    private const double PriorSessions = 2;

    /// <summary>The statistics of all sessions together.</summary>
    /// <param name="sessionsMs">Each session's samples, ms; none is empty.</param>
    /// <param name="relativeHalfWidth">
    /// The half-width that each session's own interval was to have, as a share; half of it is the scatter that sessions have before
    /// anything is known of them.
    /// </param>
    /// <exception cref="ArgumentException">There is no session.</exception>
    public static SampleStatistics Join(IReadOnlyList<ReadOnlyMemory<double>> sessionsMs, double relativeHalfWidth)
    {
        if (sessionsMs.Count == 0)
            throw new ArgumentException("There is no session to take a latency from.", nameof(sessionsMs));
        double[][] sorted = [.. sessionsMs.Select(session => session.ToArray().Order().ToArray())];
        double[] medians = [.. sorted.Select(session => MedianInterval.OfSorted(session).Median)];
        SampleStatistics pooled = SampleStatistics.Of(sorted is [var only] ? only : [.. sorted.SelectMany(PointsOf)]);
        MedianInterval median = Interval(medians, relativeHalfWidth);
        return pooled with
        {
            Median = median,
            P25 = Math.Min(pooled.P25, median.Median),
            P75 = Math.Max(pooled.P75, median.Median),
            Count = sorted.Sum(session => session.Length),
            Outliers = sorted.Sum(session => session.Count(pooled.IsOutlier)),
            Sessions = sorted.Length,
        };
    }

    /// <summary>
    /// The median of session medians with its 95 % interval: the scatter s is their root mean square distance from it, shrunk towards
    /// what was asked for; a median of n normal values has the standard error s sqrt(pi / 2n), and Student's distribution says how far
    /// it may be off where s itself comes from so few.
    /// </summary>
    public static MedianInterval Interval(IReadOnlyList<double> mediansMs, double relativeHalfWidth)
    {
        double median = ArrayStatistics.MedianInplace([.. mediansMs]);
        double[] distances = [.. mediansMs.Select(each => (each / median) - 1).OrderBy(Math.Abs)];
        int counted = distances.Length >= TrimmedFrom ? distances.Length - 1 : distances.Length;
        double prior = relativeHalfWidth / 2;
        double squares = distances.Take(counted).Sum(distance => distance * distance);
        double freedom = PriorSessions + counted - 1;
        double scatter = Math.Sqrt(((PriorSessions * prior * prior) + squares) / freedom);
        double half = StudentT.InvCDF(0, 1, freedom, UpperTail) * scatter * Math.Sqrt(Math.PI / 2 / mediansMs.Count) * median;
        return new(median, Math.Max(median - half, median / 2), median + half);
    }

    private static IEnumerable<double> PointsOf(double[] sorted) =>
        Enumerable.Range(0, PointsOfASession).Select(i => SortedArrayStatistics.Quantile(sorted, i / (PointsOfASession - 1.0)));
}
