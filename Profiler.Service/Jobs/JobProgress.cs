using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>How far a table job is.</summary>
/// <param name="Done">Sessions that are measured.</param>
/// <param name="Total">Sessions of the whole job, as far as they are known: operators whose sessions do not agree get further ones.</param>
/// <param name="SecondsLeft">Estimate of the time left, seconds; 0 where nothing is known yet.</param>
/// <param name="Entry">What the session just measured says; null in the first and the last progress.</param>
/// <param name="TableId">The finished table; null before.</param>
/// <param name="Failed">Entries of the finished table that have no latency.</param>
/// <param name="Loaded">Why the finished table is one of a loaded device; null where it is not.</param>
/// <param name="Paused">Why nothing is measured at present, as a sentence; null where something is.</param>
/// <param name="Network">The whole network just measured, in words; null where it was an operator, or nothing.</param>
public sealed record JobProgress(
    int Done,
    int Total,
    double SecondsLeft,
    LatencyEntry? Entry = null,
    string? TableId = null,
    int Failed = 0,
    string? Loaded = null,
    string? Paused = null,
    string? Network = null
);
