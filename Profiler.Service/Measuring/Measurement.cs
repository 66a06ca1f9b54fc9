namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The result of one measurement.</summary>
/// <param name="Statistics">What the samples say.</param>
/// <param name="Noisy">A cap was reached before the median's confidence interval was narrow enough.</param>
/// <param name="Disturbed">Samples that were set aside because something else took the processor meanwhile.</param>
/// <param name="Warmup">How the warm-up ended.</param>
public sealed record Measurement(SampleStatistics Statistics, bool Noisy, int Disturbed, WarmupResult Warmup);
