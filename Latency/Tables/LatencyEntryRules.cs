using static System.FormattableString;

namespace FasterSeg.Latency.Tables;

/// <summary>What an entry must satisfy to be written or read.</summary>
internal static class LatencyEntryRules
{
    /// <summary>What is wrong with an entry, or null.</summary>
    public static string? Fault(LatencyEntry entry) => CardFault(entry) ?? NumberFault(entry);

    private static string? CardFault(LatencyEntry entry)
    {
        if (entry is { Device: null, Factor: null })
            return null;
        if (entry.Device is null)
            return "it has a card's factor and names no card";
        if (entry.Device.Length == 0)
            return "its card's name is empty";
        if (entry.Origin != EntryOrigin.Measured)
            return $"it names the card '{entry.Device}' and was not measured";
        if (entry.Factor is not { } factor)
            return null;
        return entry.Failure is not null ? "it failed and has a card's factor all the same"
            : IsPositive(factor) ? null
            : Invariant($"its card's factor is {factor}, not a positive number");
    }

    private static string? NumberFault(LatencyEntry entry)
    {
        if (entry.Failure is not null)
            return entry is { MedianMs: 0, Spread: null, Drifted: false, BuildMs: null, Placement: null, Bounds: null }
                ? null
                : "it failed and has a latency all the same";
        if (entry.Origin == EntryOrigin.Defined)
        {
            return !entry.Spec.IsZeroByDefinition ? "its latency is not 0 by definition (only a stride-1 skip's is)"
                : entry is { MedianMs: 0, Spread: null, Noisy: false, Drifted: false, BuildMs: null, Placement: null, Bounds: null } ? null
                : "its latency is 0 by definition and was measured all the same";
        }
        // Somebody else's table may say 0 for a stride-1 skip, which is nothing in a network. Nothing else is free.
        bool mayBeZero = entry.Origin == EntryOrigin.Imported && entry.Spec.IsZeroByDefinition;
        if (!IsPositive(entry.MedianMs) && !(mayBeZero && entry.MedianMs == 0))
            return Invariant($"its latency is {entry.MedianMs} ms, not a positive number");
        if (entry.Origin == EntryOrigin.Predicted || entry.Bounds is not null)
            return PredictionFault(entry);
        if (entry.BuildMs is { } build && !IsPositive(build))
            return Invariant($"its building time is {build} ms, not a positive number");
        if (entry.Placement is { } placement && (placement.Nodes.Count == 0 || placement.Nodes.Any(part => part.Value < 1)))
            return $"its placement '{placement}' is none of at least one node on each provider";
        return entry.Spread is { } spread ? Fault(spread, entry.MedianMs) : null;
    }

    private static string? PredictionFault(LatencyEntry entry)
    {
        if (entry.Origin != EntryOrigin.Predicted)
            return "it has a prediction's bounds and is no prediction";
        if (entry.Bounds is not { } bounds)
            return "it is a prediction without bounds";
        if (entry is not { Spread: null, Noisy: false, Drifted: false, BuildMs: null, Placement: null })
            return "it is a prediction and was measured all the same";
        return
            IsPositive(bounds.LowMs) && bounds.LowMs <= entry.MedianMs && entry.MedianMs <= bounds.HighMs && double.IsFinite(bounds.HighMs)
            ? null
            : Invariant($"its latency {entry.MedianMs} ms is not within its bounds [{bounds.LowMs}, {bounds.HighMs}]");
    }

    private static string? Fault(LatencySpread spread, double median)
    {
        double[] values =
        [
            spread.MeanMs,
            spread.ConfidenceLowMs,
            spread.ConfidenceHighMs,
            spread.P05Ms,
            spread.P25Ms,
            spread.P75Ms,
            spread.P95Ms,
        ];
        if (values.FirstOrDefault(value => !IsPositive(value), 1) is var wrong && !IsPositive(wrong))
            return Invariant($"{wrong} ms in its spread is not a positive number");
        if (!double.IsFinite(spread.StandardDeviationMs) || spread.StandardDeviationMs < 0)
            return Invariant($"its standard deviation is {spread.StandardDeviationMs} ms");
        if (spread.Samples < 1 || spread.Sessions < 1)
            return Invariant($"it has {spread.Samples} samples of {spread.Sessions} sessions");
        if (spread.Outliers < 0 || spread.Outliers > spread.Samples || spread.Disturbed < 0)
            return Invariant($"of its {spread.Samples} samples {spread.Outliers} are outliers, and {spread.Disturbed} more were disturbed");
        if (!(spread.ConfidenceLowMs <= median && median <= spread.ConfidenceHighMs))
            return Invariant(
                $"its median {median} ms is not within its confidence interval [{spread.ConfidenceLowMs}, {spread.ConfidenceHighMs}]"
            );
        double[] quantiles = [spread.P05Ms, spread.P25Ms, median, spread.P75Ms, spread.P95Ms];
        return quantiles.Zip(quantiles.Skip(1)).All(pair => pair.First <= pair.Second) ? null : "its quantiles are not in order";
    }

    internal static bool IsPositive(double value) => double.IsFinite(value) && value > 0;
}
