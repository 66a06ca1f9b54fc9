namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One session of a whole network, with a session of one of the table's operators right before it.</summary>
/// <param name="Pass">Which time it is, from 0.</param>
/// <param name="Number">The network's number, from 0.</param>
/// <param name="Network">What was measured, in short: another build may draw other networks.</param>
/// <param name="MedianMs">The network's median, ms.</param>
/// <param name="Drift">What the operator took over what the table says; null where it could not be measured.</param>
/// <param name="Seconds">How long both had the device.</param>
public sealed record NetworkVisit(int Pass, int Number, string Network, double MedianMs, double? Drift, double Seconds);
