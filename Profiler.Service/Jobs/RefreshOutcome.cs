using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a refresh has shown.</summary>
/// <param name="Table">The table's new version.</param>
/// <param name="MedianRatio">Median of the new latencies over the old ones.</param>
/// <param name="OutsideInterval">Share of the new latencies outside of the old 95 % confidence intervals, 0 to 1.</param>
public sealed record RefreshOutcome(StoredTable Table, double MedianRatio, double OutsideInterval);
