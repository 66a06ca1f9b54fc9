using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Measures an uploaded network and proves where its nodes ran. To be called on the device thread.</summary>
public sealed class ModelMeasurer(IEngine engine, TimeProvider time) : IModelMeasurer
{
    private readonly MeasuringProtocol protocol = new(engine.Timer, time);

    /// <inheritdoc/>
    public Proto.MeasureModelResponse Measure(byte[] onnx, int askedBatch, MeasurementSettings settings, CancellationToken cancellation)
    {
        try
        {
            var response = new Proto.MeasureModelResponse { Device = engine.DeviceMessage() };
            using (IModelSession session = engine.Open(onnx, settings, cancellation))
            {
                if (askedBatch != 0 && askedBatch != session.BatchSize)
                    throw RequestFaults.Refusal("options.measurement.batch_size", $"The model is made for a batch of {session.BatchSize}, not {askedBatch}: export it with the batch to measure, or leave the option at 0.");
                response.BuildMs = session.BuildMs;
                response.Statistics = protocol.Measure(session, settings, cancellation).ToMessage();
                response.Identity = engine.Identity(settings with { BatchSize = session.BatchSize }).ToMessage();
            }
            response.Placement.Add(engine.Placement(onnx, settings, cancellation).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new Proto.NodePlacement { Provider = pair.Key, Nodes = pair.Value }));
            return response;
        }
        catch (UnusableModelException fault)
        {
            throw RequestFaults.Refusal(ModelUpload.FileField, fault.Message);
        }
    }
}
