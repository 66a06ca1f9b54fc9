namespace FasterSeg.Profiler.Client;

/// <summary>How far the measuring of operators has come.</summary>
/// <param name="Done">Operators that are measured.</param>
/// <param name="Total">Operators to measure.</param>
/// <param name="Left">Time left, where the profiler can tell.</param>
/// <param name="Key">The operator just measured, or why the profiler measures none at present; empty where neither is news.</param>
/// <param name="MedianMs">Its latency in ms; null where it has none.</param>
/// <param name="Paused">Why the profiler measures nothing at present; null where it does.</param>
public sealed record TableProgress(int Done, int Total, TimeSpan? Left, string Key, double? MedianMs, string? Paused = null);
