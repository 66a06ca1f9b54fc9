using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>A table's operators as they were and as they are now.</summary>
internal sealed class RefreshComparison(LatencyTable before)
{
    private int done;

    /// <summary>One more operator, as a message.</summary>
    public RefreshTableResponse Add(LatencyEntry now, int total) =>
        new()
        {
            Done = ++done,
            Total = total,
            Key = now.Spec.ToString(),
            BeforeMs = before.Find(now.Spec)?.MedianMs ?? 0,
            Statistics = now.StatisticsMessage(),
            Failure = now.Failure ?? "",
        };

    /// <summary>The outcome, as a message.</summary>
    public RefreshTableResponse End(TableRow table, IReadOnlyList<ItemRow> items)
    {
        (LatencyEntry Old, LatencyEntry Now)[] pairs =
        [
            .. items
                .Select(item => new KeptEntry(item.Position, item.Entry!, item.Factor, item.Device ?? "").ToEntry())
                .Where(now => now.Failure is null && before.Find(now.Spec) is { Failure: null })
                .Select(now => (before.Find(now.Spec)!, now)),
        ];
        return new()
        {
            Done = items.Count,
            Total = items.Count,
            TableId = table.Id,
            // Where there were holes alone, nothing is known of a drift.
            MedianRatio = pairs.Select(pair => pair.Now.MedianMs / pair.Old.MedianMs).DefaultIfEmpty(1).Median(),
            OutsideInterval = pairs.Select(pair => IsOutside(pair.Old, pair.Now.MedianMs) ? 1.0 : 0).DefaultIfEmpty(0).Average(),
            Loaded = table.Loaded ?? "",
        };
    }

    private static bool IsOutside(LatencyEntry before, double medianMs) =>
        before.Spread is { } spread && (medianMs < spread.ConfidenceLowMs || medianMs > spread.ConfidenceHighMs);
}
