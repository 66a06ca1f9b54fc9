using System.Buffers;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Stops when the half-width of the median's 95 % confidence interval is within a share of the median, given a fewest number
/// of samples and a shortest time. Gives up where the half-width no longer falls as it must with the number of samples (two states, a
/// drift: more of the same makes it no surer), and at a time cap, but not before there are samples enough for an interval at all.
/// </summary>
public sealed class MedianConfidenceRule(double relativeHalfWidth, int minimumSamples, double minimumSeconds, double maximumSeconds)
    : IStoppingRule
{
    /// <summary>Fewer samples than this show no plateau: the interval's ends are samples, and jump.</summary>
    public const int PlateauSamples = 160;

    /// <summary>Twice the samples should bring the half-width down to 0.71 of what it was. What stays above this share of it, twice over,
    /// is a plateau.</summary>
    public const double PlateauShare = 0.9;

    /// <summary>The rule that the settings ask for.</summary>
    public MedianConfidenceRule(MeasurementSettings settings)
        : this(settings.RelativeHalfWidth, settings.MinimumSamples, settings.MinimumSeconds, settings.SessionSeconds) { }

    /// <inheritdoc/>
    public StoppingDecision Decide(ReadOnlySpan<double> samplesMs, double elapsedSeconds)
    {
        if (samplesMs.Length < MedianInterval.FewestSamples)
            return StoppingDecision.Continue;
        if (samplesMs.Length >= minimumSamples && elapsedSeconds >= minimumSeconds)
        {
            MedianInterval interval = IntervalOf(samplesMs);
            if (interval.HalfWidth <= relativeHalfWidth * interval.Median)
                return StoppingDecision.Converged;
            if (IsPlateau(samplesMs, interval.HalfWidth))
                return StoppingDecision.Plateau;
        }
        return elapsedSeconds >= maximumSeconds ? StoppingDecision.Capped : StoppingDecision.Continue;
    }

    private static bool IsPlateau(ReadOnlySpan<double> samplesMs, double halfWidth)
    {
        if (samplesMs.Length < PlateauSamples)
            return false;
        double half = IntervalOf(samplesMs[..(samplesMs.Length / 2)]).HalfWidth;
        return halfWidth > PlateauShare * half && half > PlateauShare * IntervalOf(samplesMs[..(samplesMs.Length / 4)]).HalfWidth;
    }

    private static MedianInterval IntervalOf(ReadOnlySpan<double> samplesMs)
    {
        // Pooled: a collection between two samples would become part of the next one.
        double[] pooled = ArrayPool<double>.Shared.Rent(samplesMs.Length);
        Span<double> sorted = pooled.AsSpan(0, samplesMs.Length);
        samplesMs.CopyTo(sorted);
        sorted.Sort();
        MedianInterval interval = MedianInterval.OfSorted(sorted);
        ArrayPool<double>.Shared.Return(pooled);
        return interval;
    }
}
