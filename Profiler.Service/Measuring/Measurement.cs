using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The result of one session, or of several together.</summary>
/// <param name="Statistics">What the samples say.</param>
/// <param name="Noisy">The median's confidence interval is not as narrow as it should be.</param>
/// <param name="Disturbed">Samples that were set aside because something else took the processor meanwhile.</param>
/// <param name="SamplesMs">The samples of one session, ms, in the order they were taken; empty where several are joined.</param>
public sealed record Measurement(SampleStatistics Statistics, bool Noisy, int Disturbed, ReadOnlyMemory<double> SamplesMs)
{
    /// <summary>Joins several sessions.</summary>
    /// <param name="sessionsMs">Each session's samples, ms; at least one session.</param>
    /// <param name="disturbed">What was set aside in all of them.</param>
    /// <param name="settings">How they were measured.</param>
    public static Measurement Join(IReadOnlyList<ReadOnlyMemory<double>> sessionsMs, int disturbed, MeasurementSettings settings)
    {
        SampleStatistics joined = SessionPool.Join(sessionsMs, settings.RelativeHalfWidth);
        return new(joined, joined.Median.HalfWidth > settings.Agreement * joined.Median.Median, disturbed, SamplesMs: default);
    }

    /// <summary>Whether a further session is needed: there are too few, or they do not agree and there may be more.</summary>
    /// <param name="sessionsMs">Each session's samples so far, ms.</param>
    /// <param name="settings">How they are measured.</param>
    public static bool NeedsMore(IReadOnlyList<ReadOnlyMemory<double>> sessionsMs, MeasurementSettings settings) =>
        sessionsMs.Count < settings.Sessions
        || (sessionsMs.Count < settings.MostSessions && Join(sessionsMs, disturbed: 0, settings).Noisy);

    /// <summary>The latency: the median, ms.</summary>
    public double MedianMs => Statistics.Median.Median;

    /// <summary>How the samples were distributed, as a table keeps it.</summary>
    public LatencySpread Spread =>
        new(
            Statistics.Mean,
            Statistics.StandardDeviation,
            Statistics.Median.Low,
            Statistics.Median.High,
            Statistics.P05,
            Statistics.P25,
            Statistics.P75,
            Statistics.P95,
            Statistics.Count,
            Statistics.Outliers,
            Disturbed,
            Statistics.Sessions
        );
}
