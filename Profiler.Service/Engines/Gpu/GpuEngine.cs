using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines.Caches;
using FasterSeg.Profiler.Service.Engines.Monitoring;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>
/// ONNX Runtime's CUDA or TensorRT execution provider on one GPU. The service asks it for facts only, which come from the driver; a CUDA
/// context exists in the worker alone, from its first session on.
/// </summary>
/// <param name="choice">Provider, precision and device.</param>
/// <param name="gpu">The device.</param>
/// <param name="host">The machine around it.</param>
/// <param name="driver">Version of the driver.</param>
/// <param name="libraries">Versions of NVIDIA's libraries.</param>
/// <param name="stack">What the program was built for.</param>
/// <param name="monitor">Looks at the device.</param>
/// <param name="timing">Makes the timing, with which the CUDA context begins; called at most once.</param>
/// <param name="cache">Engines and timings of TensorRT.</param>
/// <param name="time">The clock.</param>
public sealed class GpuEngine(
    EngineChoice choice,
    GpuDevice gpu,
    DeviceFacts host,
    string driver,
    LibraryVersions libraries,
    GpuStack stack,
    IDeviceMonitor monitor,
    Func<IGpuTiming> timing,
    EngineCache cache,
    TimeProvider time
) : IEngine
{
    // The worker sees no other device (WorkerEnvironment), so the one that was chosen is its first.
    private const int OnlyDevice = 0;

    private readonly Lazy<IGpuTiming> timing = new(timing);
    private readonly ProvenPlacements proven = new();
    private MonitoredRunTimer? timer;

    /// <inheritdoc/>
    public DeviceFacts Device { get; } = host with { Name = gpu.Name, Uuid = gpu.Uuid };

    /// <inheritdoc/>
    public string Provider => choice.Provider;

    /// <inheritdoc/>
    public string Precision => choice.Precision;

    /// <inheritdoc/>
    public IRunTimer Timer => timer ??= new(timing.Value.Timer, monitor, time);

    /// <inheritdoc/>
    public TableIdentity Identity(MeasurementSettings settings) =>
        new(
            gpu.Name,
            gpu.Uuid,
            gpu.Capability.ToString(2),
            driver,
            Provider,
            host.OnnxRuntime,
            IsTensorRt ? libraries.TensorRt?.ToString() : null,
            libraries.Cudnn?.ToString(),
            Precision,
            Threads: 0,
            settings.BatchSize,
            TimingMode.Protocol(settings.Protocol, stack, choice.CudaGraphs)
        );

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment()
    {
        var facts = EnvironmentFacts.Read(host).ToDictionary();
        facts["gpu_driver"] = driver;
        facts["gpu_memory"] = FormattableString.Invariant($"{gpu.MemoryBytes >> 20} MiB");
        if (libraries.Cuda is { } cuda)
            facts["cuda_runtime"] = cuda.ToString();
        foreach ((string name, string value) in monitor.Read().Facts())
            facts[name] = value;
        return facts;
    }

    /// <inheritdoc/>
    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        // A time that is partly a processor's would be worth nothing, so the proof comes first; TensorRT's engine is built for it, and read
        // from the cache for the measurement.
        Placement(onnx, settings, cancellation);
        return OpenPrepared(
            onnx,
            settings,
            (model, options, place) => new OnnxSession(model, options, settings.Seed, place, cancellation),
            cancellation,
            choice.CudaGraphs
        );
    }

    /// <inheritdoc/>
    public IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        OpenPrepared(
            onnx,
            settings,
            (model, options, place) =>
                new OnnxSession(
                    model,
                    options,
                    settings.Seed,
                    place with
                    {
                        OutputsInMainMemory = true,
                        Asynchronous = false,
                    },
                    cancellation
                ),
            cancellation
        );

    /// <inheritdoc/>
    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        proven.Of(onnx, () =>
            OpenPrepared(
                onnx,
                settings,
                (prepared, options, place) => PlacementProbe.Require(prepared, options, settings.Seed, place, ProviderName, cancellation),
                cancellation
            )
        );

    private bool IsTensorRt => choice.Provider == ExecutionProviders.TensorRt;

    private string ProviderName => ProviderRules.NameOf(choice.Provider);

    private T OpenPrepared<T>(
        byte[] onnx,
        MeasurementSettings settings,
        Func<byte[], SessionOptions, SessionBinding, T> open,
        CancellationToken cancellation,
        // A graph is recorded by a second run with outputs on the device: neither a proof nor what is read has that.
        bool graphs = false
    )
    {
        nint? stream = timing.Value.Stream;
        GpuModel model = GpuModel.Prepare(onnx, choice.Provider, choice.Precision, settings.Seed, cancellation);
        var place = new SessionBinding(OnlyDevice, Asynchronous: stream is not null);
        try
        {
            if (!IsTensorRt)
            {
                using SessionOptions options = GpuSessions.Cuda(CudaOptions.Build(OnlyDevice, stack, stream, graphs));
                return open(model.Onnx, options, place);
            }
            Dictionary<string, string> pathless = TensorRtOptions.Build(OnlyDevice, choice.Precision, engines: null, timings: null, stack);
            TableIdentity identity = Identity(settings);
            string engines = EngineFingerprint.Of(onnx, identity, pathless),
                timings = EngineFingerprint.Of([], identity, pathless);
            using SessionOptions withCaches = GpuSessions.TensorRt(
                TensorRtOptions.Build(OnlyDevice, choice.Precision, cache.Open(engines), cache.Open(timings), stack, stream, graphs),
                choice.Precision
            );
            T opened = open(model.Onnx, withCaches, place);
            cache.Close(timings);
            cache.Close(engines);
            return opened;
        }
        catch (OnnxRuntimeException fault)
        {
            throw new UnusableModelException($"{ProviderName} cannot be used: {fault.Message.Split('\n')[0].Trim()}", fault);
        }
    }
}
