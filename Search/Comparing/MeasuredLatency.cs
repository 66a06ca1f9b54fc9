using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Comparing;

/// <summary>The latency of a whole network as a profiler measured it.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Provider">Execution provider.</param>
/// <param name="MedianMs">Median of single runs, ms.</param>
/// <param name="Difference">Why it cannot be compared with the table of its run, where that was found; else null.</param>
public sealed record MeasuredLatency(string Device, string Provider, double MedianMs, string? Difference = null)
{
    /// <summary>What a run kept of a role; null where it was not measured.</summary>
    /// <exception cref="Latency.UserErrorException">The run's file cannot be read; the message says why.</exception>
    public static MeasuredLatency? Load(RunFolder run, Role role) =>
        MeasuredNetwork.Load(run).FirstOrDefault(network => network.Role == role) is { } measured
            ? new(measured.Identity.DeviceName, measured.Identity.Provider, measured.MedianMs, measured.Difference)
            : null;

    /// <summary>What an evaluation kept beside its figures; null where there is none, or it was not measured.</summary>
    public static MeasuredLatency? Of(StoredEvaluation? evaluation) =>
        evaluation?.Latency is { } speed ? new(speed.Device, speed.Provider, speed.MedianMs) : null;
}
