using FasterSeg.Profiler.Client.Mapping;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>How to measure, as a message.</summary>
public static class OptionsMapping
{
    /// <summary>The options with the seed of order and inputs.</summary>
    public static Proto.MeasurementOptions ToMessage(this MeasuringOptions options, int seed) =>
        new()
        {
            Provider = ContractNames.Provider(options.Provider),
            Precision = ContractNames.Precision(options.Precision),
            Threads = options.Threads,
            BatchSize = options.BatchSize,
            RelativeHalfWidth = options.RelativeHalfWidth,
            MinimumSamples = options.MinimumSamples,
            MaximumSeconds = options.MaximumSeconds,
            Sessions = options.Sessions,
            ColdCaches = options.ColdCaches,
            Seed = (ulong)(uint)seed,
        };
}
