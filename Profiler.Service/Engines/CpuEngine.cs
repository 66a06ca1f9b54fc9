using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>ONNX Runtime's CPU execution provider in 32-bit floats.</summary>
/// <param name="device">The processor.</param>
/// <param name="time">The clock that runs are timed by.</param>
public sealed class CpuEngine(DeviceFacts device, TimeProvider time) : IEngine
{
    private readonly ProvenPlacements proven = new();
    private readonly PacedRunTimer timer = new(
        new ClockRunTimer(time, ThreadClock.Reader),
        () => CorePace.ReadMs(time),
        Thread.Sleep,
        time
    );
    private readonly int cores = CpuFacts.PhysicalCores();

    /// <inheritdoc/>
    public DeviceFacts Device => device;

    /// <inheritdoc/>
    public string Provider => ExecutionProviders.Cpu;

    /// <inheritdoc/>
    public string Precision => Precisions.Fp32;

    /// <inheritdoc/>
    public IRunTimer Timer => timer;

    /// <inheritdoc/>
    public ICacheFlush? Caches { get; } = CpuCacheFlush.ForThisMachine();

    /// <inheritdoc/>
    public TableIdentity Identity(MeasurementSettings settings) =>
        new(
            device.Name,
            device.Uuid,
            ComputeCapability: null,
            Driver: null,
            Provider,
            device.OnnxRuntime,
            TensorRt: null,
            Cudnn: null,
            Precision,
            settings.Threads,
            settings.BatchSize,
            settings.Protocol
        );

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment() => EnvironmentFacts.Read(device);

    /// <inheritdoc/>
    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        // With more threads than cores the session's own threads are each other's neighbours.
        timer.Begin(settings, isWatching: settings.Threads <= cores);
        return OpenToRead(onnx, settings, cancellation);
    }

    /// <inheritdoc/>
    public IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        using SessionOptions options = Options(settings);
        return new OnnxSession(onnx, options, settings.Seed, cancellation: cancellation);
    }

    /// <inheritdoc/>
    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) => proven.Of(onnx, () =>
        {
            using SessionOptions options = Options(settings);
            return PlacementProbe.Run(onnx, options, settings.Seed, cancellation);
        });

    private static SessionOptions Options(MeasurementSettings settings)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = settings.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableMemoryPattern = true,
            EnableCpuMemArena = true,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        return options;
    }
}
