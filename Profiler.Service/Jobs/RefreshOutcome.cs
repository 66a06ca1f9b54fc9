using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a refresh has shown.</summary>
/// <param name="Table">The table's new version.</param>
/// <param name="Drift">How far the device has drifted.</param>
public sealed record RefreshOutcome(StoredTable Table, RefreshDrift Drift);
