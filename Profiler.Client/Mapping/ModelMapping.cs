using FasterSeg.Latency.Tables;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client.Mapping;

/// <summary>The measurement of a whole network to and from the wire.</summary>
public static class ModelMapping
{
    /// <summary>A measurement with its sessions' samples, ms; the device is left out.</summary>
    public static Proto.MeasureModelResponse ToMessage(this ModelMeasurement measured, IEnumerable<ReadOnlyMemory<double>> samplesMs) =>
        new()
        {
            Statistics = TableMapping.ToMessage(measured),
            Placement = { measured.Placement.ToMessages() },
            BuildMs = measured.BuildMs,
            Identity = measured.Identity.ToMessage(),
            Samples = { samplesMs.Select(session => session.ToMessage()) },
        };

    /// <summary>What a message says.</summary>
    public static ModelMeasurement ToMeasurement(this Proto.MeasureModelResponse response) =>
        new(
            response.Statistics.MedianMs,
            TableMapping.ToSpread(response.Statistics),
            response.Statistics.Noisy,
            TableMapping.ToPlacement(response.Placement),
            response.BuildMs,
            TableMapping.ToIdentity(response.Identity)
        );
}
