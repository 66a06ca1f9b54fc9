using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures one session of an operator: writes it as ONNX, opens it on the engine, runs the protocol.</summary>
public sealed class OperatorMeasurer(IEngine engine, TimeProvider time, ILogger<OperatorMeasurer> logger) : IOperatorMeasurer
{
    private readonly MeasuringProtocol protocol = new(engine.Timer, time, engine.Caches);

    /// <inheritdoc/>
    public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
    {
        try
        {
            byte[] onnx = OperatorModel.Build(spec, settings.BatchSize, settings.Seed).ToByteArray();
            using IModelSession session = engine.Open(onnx, settings, cancellation);
            SamplingResult sampled = protocol.Measure(session, settings, cancellation);
            Placement placement = engine.Placement(onnx, settings, cancellation);
            return new(LatencyEntry.Measured(spec, sampled.ToLatency(), session.BuildMs, placement), sampled.SamplesMs);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning("{Operator} cannot be measured: {Reason}", spec, fault.Message);
            return new(LatencyEntry.Failed(spec, fault.Message));
        }
    }
}
