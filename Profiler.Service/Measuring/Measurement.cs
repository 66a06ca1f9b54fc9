using FasterSeg.Operators.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The result of one measurement.</summary>
/// <param name="Statistics">What the samples say.</param>
/// <param name="Noisy">A cap was reached before the median's confidence interval was narrow enough.</param>
/// <param name="Disturbed">Samples that were set aside because something else took the processor meanwhile.</param>
/// <param name="Warmup">How the warm-up ended.</param>
public sealed record Measurement(SampleStatistics Statistics, bool Noisy, int Disturbed, WarmupResult Warmup)
{
    /// <summary>The latency: the median, ms.</summary>
    public double MedianMs => Statistics.Median.Median;

    /// <summary>How the samples were distributed, as a table keeps it.</summary>
    public LatencySpread Spread => new(Statistics.Mean, Statistics.StandardDeviation, Statistics.Median.Low, Statistics.Median.High,
        Statistics.P05, Statistics.P25, Statistics.P75, Statistics.P95, Statistics.Count, Statistics.Outliers, Disturbed);
}
