using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Measuring;
using GraphOptimizationLevel = Microsoft.ML.OnnxRuntime.GraphOptimizationLevel;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Tests.Engines.Known;

/// <summary>Models rewritten as for a GPU's precision, and run on the processor.</summary>
internal sealed class RewritingEngine(string provider, string precision) : IEngine
{
    private readonly CpuEngine inner = new(CpuFacts.Read(defaultThreads: 1), TimeProvider.System);

    public DeviceFacts Device => inner.Device;

    public string Provider => provider;

    public string Precision => precision;

    public IRunTimer Timer => inner.Timer;

    public TableIdentity Identity(MeasurementSettings settings) => inner.Identity(settings);

    public IReadOnlyDictionary<string, string> Environment() => inner.Environment();

    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        return new OnnxSession(
            GpuModel.Prepare(onnx, provider, precision, settings.Seed, cancellation).Onnx,
            options,
            settings.Seed,
            cancellation: cancellation
        );
    }

    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        inner.Placement(onnx, settings, cancellation);
}
