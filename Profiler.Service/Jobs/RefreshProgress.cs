using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>How far a refresh is.</summary>
/// <param name="Done">Operators that were measured again.</param>
/// <param name="Total">Operators that are measured again in all.</param>
/// <param name="Pair">The operator just measured, before and now; null at the end.</param>
/// <param name="Outcome">What came of it; null before the end.</param>
public sealed record RefreshProgress(int Done, int Total, ComparedEntry? Pair = null, RefreshOutcome? Outcome = null);
