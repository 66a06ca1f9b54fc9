namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>How a warm-up ended.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="FastestMs">The fastest of them, ms.</param>
/// <param name="Steady">False where the time cap came first.</param>
public sealed record WarmupResult(int Runs, double FastestMs, bool Steady);
