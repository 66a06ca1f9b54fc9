using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What can be asked for where something measures.</summary>
/// <param name="DeviceName">The device.</param>
/// <param name="Provider">The execution provider.</param>
/// <param name="Precision">The precision.</param>
/// <param name="LogicalCores">Cores that a measurement may use.</param>
/// <param name="DefaultThreads">Threads where a request does not say.</param>
/// <param name="HasColdCaches">Whether the device's caches can be emptied.</param>
public sealed record MeasuringOffer(
    string DeviceName,
    string Provider,
    string Precision,
    int LogicalCores,
    int DefaultThreads,
    bool HasColdCaches
)
{
    /// <summary>Who measures, for sentences.</summary>
    public string Who { get; init; } = "this profiler";

    /// <summary>What an engine offers.</summary>
    public static MeasuringOffer Of(IEngine engine) =>
        new(
            engine.Device.Name,
            engine.Provider,
            engine.Precision,
            engine.Device.LogicalCores,
            engine.Device.DefaultThreads,
            engine.Caches is not null
        );
}
