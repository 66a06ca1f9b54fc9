using System.Buffers;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Stops when the half-width of the median's 95 % confidence interval is within a share of the median, given a fewest number
/// of samples and a shortest time; gives up at a time cap, but not before there are samples enough for an interval at all.
/// </summary>
public sealed class MedianConfidenceRule(
    double relativeHalfWidth, int minimumSamples, double minimumSeconds, double maximumSeconds) : IStoppingRule
{
    /// <summary>The rule that the settings ask for.</summary>
    public MedianConfidenceRule(MeasurementSettings settings)
        : this(settings.RelativeHalfWidth, settings.MinimumSamples, settings.MinimumSeconds, settings.MaximumSeconds)
    {
    }

    /// <inheritdoc/>
    public StoppingDecision Decide(ReadOnlySpan<double> samplesMs, double elapsedSeconds)
    {
        if (samplesMs.Length < MedianInterval.FewestSamples) return StoppingDecision.Continue;
        bool enough = samplesMs.Length >= minimumSamples && elapsedSeconds >= minimumSeconds;
        if (enough && IsNarrow(samplesMs)) return StoppingDecision.Converged;
        return elapsedSeconds >= maximumSeconds ? StoppingDecision.Capped : StoppingDecision.Continue;
    }

    private bool IsNarrow(ReadOnlySpan<double> samplesMs)
    {
        // Pooled: a collection between two samples would become part of the next one.
        double[] pooled = ArrayPool<double>.Shared.Rent(samplesMs.Length);
        Span<double> sorted = pooled.AsSpan(0, samplesMs.Length);
        samplesMs.CopyTo(sorted);
        sorted.Sort();
        MedianInterval interval = MedianInterval.OfSorted(sorted);
        ArrayPool<double>.Shared.Return(pooled);
        return interval.HalfWidth <= relativeHalfWidth * interval.Median;
    }
}
