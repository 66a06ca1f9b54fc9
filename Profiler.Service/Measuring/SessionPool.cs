using FasterSeg.Latency.Tables;
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
    private const int PriorSessions = 2;

    /// <summary>The latency of all sessions together; noisy where they do not agree.</summary>
    /// <param name="sessionsMs">Each session's samples, ms; none is empty.</param>
    /// <param name="disturbed">What was set aside in all of them.</param>
    /// <param name="settings">How they were measured.</param>
    /// <exception cref="ArgumentException">There is no session.</exception>
    public static MeasuredLatency Join(IReadOnlyList<ReadOnlyMemory<double>> sessionsMs, int disturbed, MeasurementSettings settings)
    {
        if (sessionsMs.Count == 0)
            throw new ArgumentException("There is no session to take a latency from.", nameof(sessionsMs));
        double[][] sorted = [.. sessionsMs.Select(session => session.ToArray().Order().ToArray())];
        double[] medians = [.. sorted.Select(session => MedianInterval.OfSorted(session).Median)];
        LatencySpread pooled = SampleStatistics.Of(sorted is [var only] ? only : [.. sorted.SelectMany(PointsOf)]).Spread;
        MedianInterval median = Interval(medians, settings.RelativeHalfWidth);
        LatencySpread spread = pooled with
        {
            ConfidenceLowMs = median.Low,
            ConfidenceHighMs = median.High,
            P25Ms = Math.Min(pooled.P25Ms, median.Median),
            P75Ms = Math.Max(pooled.P75Ms, median.Median),
            Samples = sorted.Sum(session => session.Length),
            Outliers = sorted.Sum(session => SampleStatistics.Outliers(session, pooled)),
            Disturbed = disturbed,
            Sessions = sorted.Length,
        };
        return new(median.Median, spread, Noisy: median.HalfWidth > settings.Agreement * median.Median);
    }

    /// <summary>Whether a further session is needed: there are too few, or they do not agree and there may be more.</summary>
    /// <param name="sessionsMs">Each session's samples so far, ms.</param>
    /// <param name="settings">How they are measured.</param>
    public static bool NeedsMore(IReadOnlyList<ReadOnlyMemory<double>> sessionsMs, MeasurementSettings settings) =>
        sessionsMs.Count < settings.Sessions
        || (sessionsMs.Count < settings.MostSessions && Join(sessionsMs, disturbed: 0, settings).Noisy);

    /// <summary>
    /// The median of session medians with its 95 % interval: the scatter s is their root mean square distance from it, shrunk towards
    /// what was asked for; a median of n normal values has the standard error s sqrt(pi / 2n), and Student's distribution says how far
    /// it may be off where s itself comes from so few.
    /// </summary>
    /// <param name="mediansMs">Each session's median, ms.</param>
    /// <param name="relativeHalfWidth">
    /// The half-width that each session's own interval was to have, as a share; half of it is the scatter that sessions have before
    /// anything is known of them.
    /// </param>
    public static MedianInterval Interval(IReadOnlyList<double> mediansMs, double relativeHalfWidth)
    {
        double median = ArrayStatistics.MedianInplace([.. mediansMs]);
        double[] distances = [.. mediansMs.Select(each => (each / median) - 1).OrderBy(Math.Abs)];
        int counted = CountedOf(distances.Length);
        double prior = relativeHalfWidth / 2;
        double squares = distances.Take(counted).Sum(distance => distance * distance);
        int freedom = FreedomOf(distances.Length);
        double scatter = Math.Sqrt(((PriorSessions * prior * prior) + squares) / freedom);
        double half = Student(freedom) * scatter * Math.Sqrt(Math.PI / 2 / mediansMs.Count) * median;
        return new(median, Math.Max(median - half, median / 2), median + half);
    }

    /// <summary>How many standard errors the half-width of <see cref="Interval"/> is: Student's distribution makes it wider for few
    /// sessions.</summary>
    /// <param name="sessions">How many sessions it comes from.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no session.</exception>
    public static double StandardErrorsOf(int sessions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sessions, 1);
        return Student(FreedomOf(sessions));
    }

    private static int CountedOf(int sessions) => sessions >= TrimmedFrom ? sessions - 1 : sessions;

    private static int FreedomOf(int sessions) => PriorSessions + CountedOf(sessions) - 1;

    private static double Student(int freedom) => StudentT.InvCDF(0, 1, freedom, UpperTail);

    private static IEnumerable<double> PointsOf(double[] sorted) =>
        Enumerable.Range(0, PointsOfASession).Select(i => SortedArrayStatistics.Quantile(sorted, i / (PointsOfASession - 1.0)));
}
