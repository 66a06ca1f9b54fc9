namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The time of one run.</summary>
/// <param name="Ms">How long it took, ms.</param>
/// <param name="Disturbed">Something else had the processor in between, so the time is not the workload's alone.</param>
public readonly record struct RunTime(double Ms, bool Disturbed);
