using FasterSeg.Operators.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The result of one session, or of several together.</summary>
/// <param name="Statistics">What the samples say.</param>
/// <param name="Noisy">The median's confidence interval is not as narrow as it should be.</param>
/// <param name="Disturbed">Samples that were set aside because something else took the processor meanwhile.</param>
/// <param name="SamplesMs">The samples, ms, in the order they were taken, session by session.</param>
public sealed record Measurement(SampleStatistics Statistics, bool Noisy, int Disturbed, ReadOnlyMemory<double> SamplesMs)
{
    /// <summary>Joins the measurements of several sessions.</summary>
    /// <param name="sessions">The sessions, at least one.</param>
    /// <param name="settings">How they were measured.</param>
    public static Measurement Join(IReadOnlyList<Measurement> sessions, MeasurementSettings settings)
    {
        SampleStatistics joined = SessionPool.Join([.. sessions.Select(session => session.SamplesMs)], settings.RelativeHalfWidth);
        bool isNoisy = joined.Median.HalfWidth > settings.Agreement * joined.Median.Median;
        return new(joined, isNoisy, sessions.Sum(session => session.Disturbed), sessions.SelectMany(session => session.SamplesMs.ToArray()).ToArray());
    }

    /// <summary>The latency: the median, ms.</summary>
    public double MedianMs => Statistics.Median.Median;

    /// <summary>How the samples were distributed, as a table keeps it.</summary>
    public LatencySpread Spread => new(Statistics.Mean, Statistics.StandardDeviation, Statistics.Median.Low, Statistics.Median.High,
        Statistics.P05, Statistics.P25, Statistics.P75, Statistics.P95, Statistics.Count, Statistics.Outliers, Disturbed,
        Statistics.Sessions);
}
