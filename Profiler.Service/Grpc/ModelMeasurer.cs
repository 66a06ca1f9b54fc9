using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Measures an uploaded network, in as many sessions as an operator gets, and proves where its nodes ran. To be called on the
/// device thread.</summary>
public sealed class ModelMeasurer(IEngine engine, TimeProvider time) : IModelMeasurer
{
    private readonly MeasuringProtocol protocol = new(engine.Timer, time, engine.Caches);

    /// <inheritdoc/>
    public Proto.MeasureModelResponse Measure(
        byte[] onnx,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        try
        {
            var response = new Proto.MeasureModelResponse { Device = engine.DeviceMessage() };
            var sessionsMs = new List<ReadOnlyMemory<double>>();
            int disturbed = 0;
            double spentMs = 0;
            do
            {
                using IModelSession session = engine.Open(onnx, settings, cancellation);
                if (askedBatch != 0 && askedBatch != session.BatchSize)
                    throw RequestFaults.Refusal(
                        "options.measurement.batch_size",
                        $"The model is made for a batch of {session.BatchSize}, not {askedBatch}: export it with the batch to "
                            + "measure, or leave the option at 0."
                    );
                // Later sessions may find caches that the first one filled.
                response.BuildMs = Math.Max(response.BuildMs, session.BuildMs);
                response.Identity ??= engine.Identity(settings with { BatchSize = session.BatchSize }).ToMessage();
                Measurement measured = protocol.Measure(session, settings, cancellation);
                sessionsMs.Add(measured.SamplesMs);
                disturbed += measured.Disturbed;
                foreach (double sample in measured.SamplesMs.Span)
                    spentMs += sample;
            }
            // Where even the fewest samples of a session take longer than its share of the cap, all sessions together keep to the cap and
            // not each to its number.
            while (spentMs < 1000 * settings.MostSeconds && Measurement.NeedsMore(sessionsMs, settings));
            response.Statistics = Measurement.Join(sessionsMs, disturbed, settings).ToMessage();
            if (withSamples)
                response.Samples.Add(sessionsMs.Select(session => session.ToMessage()));
            response.Placement.Add(engine.Placement(onnx, settings, cancellation).ToMessages());
            return response;
        }
        catch (UnusableModelException fault)
        {
            throw RequestFaults.Refusal(ModelUpload.FileField, fault.Message);
        }
    }
}
