using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>An engine that tells when it begins something that has a time limit of its own.</summary>
/// <param name="inner">The engine.</param>
/// <param name="enter">Called when a stage begins, on the thread that measures, with what one run takes where that is known, ms.</param>
internal sealed class StagedEngine(IEngine inner, Action<Stage, double> enter) : IEngine
{
    public DeviceFacts Device => inner.Device;

    public string Provider => inner.Provider;

    public string Precision => inner.Precision;

    public IRunTimer Timer => inner.Timer;

    public ICacheFlush? Caches => inner.Caches;

    public TableIdentity Identity(MeasurementSettings settings) => inner.Identity(settings);

    public IReadOnlyDictionary<string, string> Environment() => inner.Environment();

    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        enter(Stage.Building, 0);
        IModelSession session = inner.Open(onnx, settings, cancellation);
        enter(Stage.Measuring, session.FirstRunMs);
        return session;
    }

    // Nothing is read but the known numbers.
    public IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        enter(Stage.Checking, 0);
        return inner.OpenToRead(onnx, settings, cancellation);
    }

    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        enter(Stage.Placing, 0);
        return inner.Placement(onnx, settings, cancellation);
    }
}
