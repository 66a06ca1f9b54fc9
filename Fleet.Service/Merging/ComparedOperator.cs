using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>One operator on two cards.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="LogRatio">Natural logarithm of the card's latency over the reference's.</param>
/// <param name="Error">Its standard error, by both entries' intervals.</param>
internal readonly record struct ComparedOperator(OperatorSpec Spec, double LogRatio, double Error)
{
    // No entry counts as surer than this: sessions of one build share its hour.
    private const double LeastError = 0.001;

    /// <summary>What its own error gives it to say.</summary>
    public double Weight => 1 / (Error * Error);

    /// <summary>Two entries of an operator; null where they say nothing of the cards: one failed, or was not measured, or not in the card's
    /// usual state.</summary>
    public static ComparedOperator? Of(LatencyEntry reference, LatencyEntry card) =>
        ErrorOf(reference) is { } one && ErrorOf(card) is { } other
            ? new(card.Spec, Math.Log(card.MedianMs / reference.MedianMs), Math.Sqrt((one * one) + (other * other)))
            : null;

    private static double? ErrorOf(LatencyEntry entry) =>
        entry is { Failure: null, Origin: EntryOrigin.Measured, Drifted: false, Spread: { } spread, MedianMs: > 0 }
            ? Math.Max(LeastError, entry.HalfWidthMs / entry.MedianMs / SessionPool.StandardErrorsOf(spread.Sessions))
            : null;
}
