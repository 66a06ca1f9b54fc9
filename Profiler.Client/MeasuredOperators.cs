using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Client;

/// <summary>Operators that were measured one by one.</summary>
/// <param name="Identity">What the numbers are comparable with: they may join a table of the same identity only.</param>
/// <param name="Entries">One entry for each operator asked for, in that order.</param>
/// <param name="Loaded">Why they were measured on a loaded device, as the end of a sentence; null where they were not, or nobody
/// knows.</param>
public sealed record MeasuredOperators(TableIdentity Identity, IReadOnlyList<LatencyEntry> Entries, string? Loaded = null);
