using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>A card's entry as one of the pool's table.</summary>
internal static class MergedEntry
{
    /// <summary>
    /// The entry scaled to the reference: its latency and all of its spread divided by the card's factor, the card and the factor noted.
    /// The time to build the model stays as it was: it is the host's, and no latency. What nobody measured is nobody's.
    /// </summary>
    /// <param name="entry">As the card measured it.</param>
    /// <param name="card">The card's name in the fleet; null for the reference, whose entries stay as they are.</param>
    /// <param name="factor">The card's latencies over the reference's.</param>
    /// <exception cref="ArgumentException">The entry is of a card already, or the factor is no positive number.</exception>
    public static LatencyEntry Of(LatencyEntry entry, string? card, double factor)
    {
        if (entry is not { Device: null, Factor: null })
            throw new ArgumentException($"Entry '{entry.Spec}' is of the card '{entry.Device}' already.", nameof(entry));
        if (!double.IsFinite(factor) || factor <= 0)
            throw new ArgumentException($"The factor {factor} is no positive number.", nameof(factor));
        if (card is null || entry.Origin != EntryOrigin.Measured)
            return entry;
        LatencyEntry named = entry with { Device = card };
        return entry.Failure is not null || factor == 1
            ? named
            : named with
            {
                MedianMs = entry.MedianMs / factor,
                Spread = entry.Spread is { } spread ? Scaled(spread, factor) : null,
                Factor = factor,
            };
    }

    private static LatencySpread Scaled(LatencySpread spread, double factor) =>
        spread with
        {
            MeanMs = spread.MeanMs / factor,
            StandardDeviationMs = spread.StandardDeviationMs / factor,
            ConfidenceLowMs = spread.ConfidenceLowMs / factor,
            ConfidenceHighMs = spread.ConfidenceHighMs / factor,
            P05Ms = spread.P05Ms / factor,
            P25Ms = spread.P25Ms / factor,
            P75Ms = spread.P75Ms / factor,
            P95Ms = spread.P95Ms / factor,
        };
}
