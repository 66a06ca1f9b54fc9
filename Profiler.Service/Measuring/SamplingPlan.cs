namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>How samples are taken.</summary>
/// <param name="MostSamples">Most samples.</param>
/// <param name="CheckEvery">Samples between two looks at the stopping rule.</param>
/// <param name="CapSeconds">Time cap: behind it, disturbed runs are taken as they are.</param>
public sealed record SamplingPlan(int MostSamples, int CheckEvery, double CapSeconds = double.PositiveInfinity);
