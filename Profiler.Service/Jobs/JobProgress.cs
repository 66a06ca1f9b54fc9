using FasterSeg.Operators.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>How far a table job is.</summary>
/// <param name="Done">Entries that are known.</param>
/// <param name="Total">Entries of the finished table.</param>
/// <param name="SecondsLeft">Estimate of the time left, seconds; 0 where nothing is known yet.</param>
/// <param name="Entry">The entry just measured; null in the first and the last progress.</param>
/// <param name="TableId">The finished table; null before.</param>
public sealed record JobProgress(int Done, int Total, double SecondsLeft, LatencyEntry? Entry = null, string? TableId = null);
