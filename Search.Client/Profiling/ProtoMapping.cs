using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Search.Client.Configuration;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Search.Client.Profiling;

/// <summary>Between this program's records and the contract's messages.</summary>
internal static class ProtoMapping
{
    public static Proto.MeasurementOptions ToProto(MeasuringOptions options, int seed) => new()
    {
        Provider = options.Provider switch
        {
            "cpu" => Proto.ExecutionProvider.Cpu,
            "cuda" => Proto.ExecutionProvider.Cuda,
            "tensorrt" => Proto.ExecutionProvider.Tensorrt,
            _ => Proto.ExecutionProvider.Unspecified,
        },
        Precision = options.Precision switch
        {
            "fp32" => Proto.Precision.Fp32,
            "fp16" => Proto.Precision.Fp16,
            "int8" => Proto.Precision.Int8,
            _ => Proto.Precision.Unspecified,
        },
        Threads = options.Threads,
        BatchSize = options.BatchSize,
        RelativeHalfWidth = options.RelativeHalfWidth,
        MinimumSamples = options.MinimumSamples,
        MaximumSeconds = options.MaximumSeconds,
        Sessions = options.Sessions,
        ColdCaches = options.ColdCaches,
        Seed = (ulong)(uint)seed,
    };

    public static LatencySpread ToSpread(Proto.Statistics statistics) => new(
        statistics.MeanMs, statistics.StandardDeviationMs, statistics.ConfidenceLowMs, statistics.ConfidenceHighMs,
        statistics.P05Ms, statistics.P25Ms, statistics.P75Ms, statistics.P95Ms, statistics.Samples, statistics.Outliers, statistics.Disturbed, Math.Max(1, statistics.Sessions));

    public static LatencyEntry ToEntry(Proto.MeasureOperatorsResponse response)
    {
        OperatorSpec spec = OperatorKey.Parse(response.Key);
        if (response.Defined) return new LatencyEntry(spec, EntryOrigin.Defined, MedianMs: 0);
        return response.Statistics is { } statistics
            ? new LatencyEntry(spec, EntryOrigin.Measured, statistics.MedianMs, ToSpread(statistics), statistics.Noisy,
                BuildMs: response.BuildMs > 0 ? response.BuildMs : null, Placement: response.Placement.Count > 0 ? ToPlacement(response.Placement) : null)
            : new LatencyEntry(spec, EntryOrigin.Measured, MedianMs: 0, Failure: response.Failure);
    }

    public static Placement ToPlacement(IEnumerable<Proto.NodePlacement> placement) =>
        new(placement.Select(part => KeyValuePair.Create(part.Provider, part.Nodes)));

    public static TableIdentity ToIdentity(Proto.Identity identity) => new(
        identity.DeviceName, identity.DeviceUuid, OrNull(identity.ComputeCapability), OrNull(identity.Driver), NameOf(identity.Provider),
        OrNull(identity.OnnxruntimeVersion), OrNull(identity.TensorrtVersion), OrNull(identity.CudnnVersion), NameOf(identity.Precision),
        identity.Threads, identity.BatchSize, identity.Protocol);

    public static string NameOf(Proto.Precision precision) => precision switch
    {
        Proto.Precision.Fp32 => "fp32",
        Proto.Precision.Fp16 => "fp16",
        Proto.Precision.Int8 => "int8",
        _ => "unknown",
    };

    private static string? OrNull(string text) => text.Length > 0 ? text : null;

    public static string NameOf(Proto.ExecutionProvider provider) => provider switch
    {
        Proto.ExecutionProvider.Cpu => "cpu",
        Proto.ExecutionProvider.Cuda => "cuda",
        Proto.ExecutionProvider.Tensorrt => "tensorrt",
        _ => "unknown",
    };
}
