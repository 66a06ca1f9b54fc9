using FasterSeg.Operators.Onnx;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures one operator: writes it as ONNX, opens it on the engine, runs the protocol.</summary>
public sealed class OperatorMeasurer(IEngine engine, TimeProvider time, ILogger<OperatorMeasurer> logger) : IOperatorMeasurer
{
    private const int LongestReason = 500;

    private readonly MeasuringProtocol protocol = new(engine.Timer, time);

    /// <inheritdoc/>
    public LatencyEntry Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
    {
        if (spec.IsZeroByDefinition) return Defined(spec);
        try
        {
            byte[] onnx = OperatorModel.Build(spec, settings.BatchSize, settings.Seed).ToByteArray();
            using IModelSession session = engine.Open(onnx, settings, cancellation);
            return EntryOf(spec, protocol.Measure(session, settings, cancellation));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning("{Operator} cannot be measured: {Reason}", spec, fault.Message);
            return new(spec, EntryOrigin.Measured, MedianMs: 0, Failure: Sentence(fault.Message));
        }
    }

    /// <summary>A table keeps one line, and not a runtime's whole report.</summary>
    private static string Sentence(string message)
    {
        string line = message.Split('\n')[0].Trim();
        return line.Length <= LongestReason ? line : line[..LongestReason] + "...";
    }

    /// <summary>The entry of an operator whose latency is 0 by definition.</summary>
    public static LatencyEntry Defined(OperatorSpec spec) => new(spec, EntryOrigin.Defined, MedianMs: 0);

    private static LatencyEntry EntryOf(OperatorSpec spec, Measurement measurement)
    {
        SampleStatistics all = measurement.Statistics;
        var spread = new LatencySpread(all.Mean, all.StandardDeviation, all.Median.Low, all.Median.High,
            all.P05, all.P25, all.P75, all.P95, all.Count, all.Outliers, measurement.Disturbed);
        return new(spec, EntryOrigin.Measured, all.Median.Median, spread, measurement.Noisy);
    }
}
