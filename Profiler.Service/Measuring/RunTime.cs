namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The time of one run.</summary>
/// <param name="Ms">How long it took, ms.</param>
/// <param name="Disturbed">Something else had the processor in between, or the core's other hardware thread, so the time is not the
/// workload's alone.</param>
/// <param name="WaitedMs">What was waited before it for a device that was not disturbed, ms; no part of <paramref name="Ms"/>.</param>
public readonly record struct RunTime(double Ms, bool Disturbed, double WaitedMs = 0);
