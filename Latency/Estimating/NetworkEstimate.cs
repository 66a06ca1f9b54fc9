using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>A derived network's latency as a table estimates it: the sum of its parts, every part once.</summary>
/// <param name="TotalMs">The sum, ms.</param>
/// <param name="Shares">Every part of the plan, in its order.</param>
/// <param name="HalfWidthMs">
/// Half of the 95 % interval, ms: the intervals of the parts' entries and what whole networks have shown: where the table is corrected,
/// what the correction is off by on other networks, else how far they were from the sum (<see cref="NetworksDeviation"/>). Of entries that
/// drifted the middle half of their runs counts, and they add up. Null where the table knows none of it. Of a table without networks it
/// says how sure the sum is, and not how far the network is from the sum.
/// </param>
public sealed record NetworkEstimate(double TotalMs, IReadOnlyList<PartShare> Shares, double? HalfWidthMs = null)
{
    private const double Normal95 = 1.959964;

    /// <summary>The parts that are not in the sum because the table knows none of their kind.</summary>
    public IEnumerable<NetworkPart> LeftOut => Shares.Where(share => share.Milliseconds is null).Select(share => share.Part);

    /// <summary>Estimates a network.</summary>
    /// <param name="table">Latencies. Somebody else's may count upsamplings or concatenations as free; those are then left out, and said
    /// so.</param>
    /// <param name="plan">The network at its input size.</param>
    /// <exception cref="MissingLatencyException">The table has no entry for a part: it is never taken for free.</exception>
    public static NetworkEstimate Of(LatencyTable table, NetworkPlan plan)
    {
        HashSet<OperatorKind> free = FreeKinds(table);
        double?[] latencies = [.. plan.Parts.Select(part => free.Contains(part.Spec.Kind) ? (double?)null : table[part.Spec])];
        double total = latencies.Sum() ?? 0;
        return new NetworkEstimate(
            total,
            [.. plan.Parts.Zip(latencies, (part, latency) => new PartShare(part, latency, total > 0 ? 100 * (latency ?? 0) / total : 0))],
            HalfWidth(table, plan, total)
        );
    }

    /// <summary>Parts of one key are off together; different ones were measured, or predicted, apart. Those of a device that was not in its
    /// usual state are all off together, and by more than a median's interval says: what moved it moved them all.</summary>
    private static double? HalfWidth(LatencyTable table, NetworkPlan plan, double total)
    {
        double apart = 0,
            together = 0;
        foreach (var part in plan.Parts.GroupBy(part => part.Spec))
        {
            if (table.Find(part.Key) is not { } entry)
                continue;
            if (entry is { Drifted: true, Spread: { } spread })
                together += part.Count() * Math.Max(entry.HalfWidthMs, (spread.P75Ms - spread.P25Ms) / 2);
            else
                apart += Square(part.Count() * entry.HalfWidthMs);
        }
        // The fact is of the plain sum: with a correction that one's own deviation counts.
        NetworksDeviation? plain = table.Correction is null ? NetworksDeviation.Of(table) : null;
        if (apart + together == 0 && table.Correction is null && plain is null)
            return null;
        double networks = Normal95 * (table.Correction?.Deviation ?? plain?.Scatter ?? 0) * total;
        // All networks are off by the bias in one direction; the estimate is not moved by it, so it is added whole.
        return (Math.Abs(plain?.Bias ?? 0) * total) + Math.Sqrt(apart + Square(together) + Square(networks));
    }

    private static double Square(double value) => value * value;

    /// <summary>Upsampling and concatenation, where a table that was made elsewhere has no entry of that kind at all.</summary>
    internal static HashSet<OperatorKind> FreeKinds(LatencyTable table) =>
        table.Entries.All(entry => entry.Origin == EntryOrigin.Imported)
            ? [.. new[] { OperatorKind.Upsample, OperatorKind.Concat }.Where(kind => table.Entries.All(entry => entry.Spec.Kind != kind))]
            : [];
}
