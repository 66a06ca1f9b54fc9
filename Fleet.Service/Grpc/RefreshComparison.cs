using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>A table's operators as they were and as they are now.</summary>
/// <param name="before">The table, which has all of them.</param>
internal sealed class RefreshComparison(LatencyTable before)
{
    private int done;

    /// <summary>One more operator, as a message.</summary>
    public RefreshTableResponse Add(LatencyEntry now, int total) => new RefreshProgress(++done, total, Pair(now)).ToMessage();

    /// <summary>The outcome, as a message.</summary>
    public RefreshTableResponse End(TableRow table, IReadOnlyList<ItemRow> items)
    {
        var drift = RefreshDrift.Of(items.Select(item => Pair(item.ToEntry())));
        return new()
        {
            Done = items.Count,
            Total = items.Count,
            TableId = table.Id,
            MedianRatio = drift.MedianRatio,
            OutsideInterval = drift.OutsideInterval,
            Loaded = table.Loaded ?? "",
        };
    }

    private ComparedEntry Pair(LatencyEntry now) => new(now.Spec, before.Find(now.Spec)!, now);
}
