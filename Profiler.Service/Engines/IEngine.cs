using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Runs ONNX models on one execution provider of one device.</summary>
public interface IEngine
{
    /// <summary>The device.</summary>
    DeviceFacts Device { get; }

    /// <summary>Name of the execution provider, one of <see cref="ExecutionProviders"/>.</summary>
    string Provider { get; }

    /// <summary>Precision of the arithmetic: <c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    string Precision { get; }

    /// <summary>Times a run of this engine's sessions.</summary>
    IRunTimer Timer { get; }

    /// <summary>The device's caches, where they can be emptied; else null.</summary>
    ICacheFlush? Caches => null;

    /// <summary>What numbers measured here with these settings are comparable with.</summary>
    TableIdentity Identity(MeasurementSettings settings);

    /// <summary>What else the numbers may depend on, as it is now: clocks, caches, limits, load; by name.</summary>
    IReadOnlyDictionary<string, string> Environment();

    /// <summary>Loads and optimizes a model and binds random inputs to it. Cancelling ends a run that is going on, too.</summary>
    /// <exception cref="UnusableModelException">The model cannot be measured; the message says why.</exception>
    IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default);

    /// <summary>The same, with outputs in main memory, to be read and not to be timed (<see cref="IModelSession.Read"/>).</summary>
    /// <exception cref="UnusableModelException">The model cannot be run; the message says why.</exception>
    IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        Open(onnx, settings, cancellation);

    /// <summary>Proves in a profiled run where the optimized graph's nodes run. What was proven already is not proven again.</summary>
    /// <exception cref="UnusableModelException">The model cannot be run; the message says why.</exception>
    Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default);
}
