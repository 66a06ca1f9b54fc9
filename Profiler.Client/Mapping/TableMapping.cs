using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client.Mapping;

/// <summary>Tables' identities, entries, spreads and placements to and from the wire: the one mapping, of both sides.</summary>
public static class TableMapping
{
    /// <summary>An identity; what does not apply is empty.</summary>
    public static Proto.Identity ToMessage(this TableIdentity identity) =>
        new()
        {
            DeviceName = identity.DeviceName,
            DeviceUuid = identity.DeviceUuid,
            ComputeCapability = identity.ComputeCapability ?? "",
            Driver = identity.Driver ?? "",
            Provider = ContractNames.Provider(identity.Provider),
            OnnxruntimeVersion = identity.OnnxRuntime ?? "",
            TensorrtVersion = identity.TensorRt ?? "",
            CudnnVersion = identity.Cudnn ?? "",
            Precision = ContractNames.Precision(identity.Precision),
            Threads = identity.Threads,
            BatchSize = identity.BatchSize,
            Protocol = identity.Protocol,
        };

    /// <summary>The statistics of an entry; null where it has none.</summary>
    public static Proto.Statistics? StatisticsMessage(this LatencyEntry entry) =>
        entry.Spread is { } spread ? new MeasuredLatency(entry.MedianMs, spread, entry.Noisy).ToMessage() : null;

    /// <summary>A latency, ms.</summary>
    public static Proto.Statistics ToMessage(this MeasuredLatency latency)
    {
        LatencySpread spread = latency.Spread;
        return new()
        {
            MedianMs = latency.MedianMs,
            MeanMs = spread.MeanMs,
            StandardDeviationMs = spread.StandardDeviationMs,
            ConfidenceLowMs = spread.ConfidenceLowMs,
            ConfidenceHighMs = spread.ConfidenceHighMs,
            P05Ms = spread.P05Ms,
            P25Ms = spread.P25Ms,
            P75Ms = spread.P75Ms,
            P95Ms = spread.P95Ms,
            Samples = spread.Samples,
            Noisy = latency.Noisy,
            Outliers = spread.Outliers,
            Disturbed = spread.Disturbed,
            Sessions = spread.Sessions,
        };
    }

    /// <summary>A session's samples.</summary>
    public static Proto.SessionSamples ToMessage(this ReadOnlyMemory<double> samplesMs)
    {
        var message = new Proto.SessionSamples();
        message.SamplesMs.AddRange(samplesMs.ToArray());
        return message;
    }

    /// <summary>A placement.</summary>
    public static IEnumerable<Proto.NodePlacement> ToMessages(this Placement placement) =>
        placement.Nodes.Select(part => new Proto.NodePlacement { Provider = part.Key, Nodes = part.Value });

    /// <summary>A spread, ms.</summary>
    public static LatencySpread ToSpread(Proto.Statistics statistics) =>
        new(
            statistics.MeanMs,
            statistics.StandardDeviationMs,
            statistics.ConfidenceLowMs,
            statistics.ConfidenceHighMs,
            statistics.P05Ms,
            statistics.P25Ms,
            statistics.P75Ms,
            statistics.P95Ms,
            statistics.Samples,
            statistics.Outliers,
            statistics.Disturbed,
            Math.Max(1, statistics.Sessions)
        );

    /// <summary>An operator's entry.</summary>
    /// <exception cref="UserErrorException">Its key is none.</exception>
    public static LatencyEntry ToEntry(Proto.MeasureOperatorsResponse response)
    {
        OperatorSpec spec = OperatorKey.Parse(response.Key);
        if (response.Defined)
            return LatencyEntry.Defined(spec);
        return response.Statistics is { } statistics
            ? LatencyEntry.Measured(
                spec,
                new(statistics.MedianMs, ToSpread(statistics), statistics.Noisy),
                response.BuildMs > 0 ? response.BuildMs : null,
                response.Placement.Count > 0 ? ToPlacement(response.Placement) : null
            )
            : new LatencyEntry(spec, EntryOrigin.Measured, MedianMs: 0, Failure: response.Failure);
    }

    /// <summary>A placement.</summary>
    public static Placement ToPlacement(IEnumerable<Proto.NodePlacement> placement) =>
        new(placement.Select(part => KeyValuePair.Create(part.Provider, part.Nodes)));

    /// <summary>An identity; what is empty does not apply.</summary>
    public static TableIdentity ToIdentity(Proto.Identity identity) =>
        new(
            identity.DeviceName,
            identity.DeviceUuid,
            OrNull(identity.ComputeCapability),
            OrNull(identity.Driver),
            ContractNames.NameOf(identity.Provider),
            OrNull(identity.OnnxruntimeVersion),
            OrNull(identity.TensorrtVersion),
            OrNull(identity.CudnnVersion),
            ContractNames.NameOf(identity.Precision),
            identity.Threads,
            identity.BatchSize,
            identity.Protocol
        );

    private static string? OrNull(string text) => text.Length > 0 ? text : null;
}
