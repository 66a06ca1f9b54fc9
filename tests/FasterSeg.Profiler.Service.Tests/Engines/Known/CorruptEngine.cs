using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Engines.Known;

/// <summary>
/// This machine's processor with one wrong kernel: a value of one operator's output comes out as something else, from some run on.
/// </summary>
/// <param name="corrupt">What the kernel makes of a right value.</param>
/// <param name="index">The operator's place among the known ones.</param>
/// <param name="fromRun">The first run that is wrong.</param>
internal sealed class CorruptEngine(Func<float, float> corrupt, int index = 0, int fromRun = 0) : IEngine
{
    private readonly CpuEngine inner = new(CpuFacts.Read(defaultThreads: 1), TimeProvider.System);

    /// <summary>Models that were opened to be measured.</summary>
    public int Opened { get; private set; }

    public DeviceFacts Device => inner.Device;

    public string Provider => inner.Provider;

    public string Precision => inner.Precision;

    public IRunTimer Timer => inner.Timer;

    public TableIdentity Identity(MeasurementSettings settings) => inner.Identity(settings);

    public IReadOnlyDictionary<string, string> Environment() => inner.Environment();

    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        Opened++;
        return inner.Open(onnx, settings, cancellation);
    }

    public IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        new Session(inner.OpenToRead(onnx, settings, cancellation), corrupt, KnownNumbers.OutputOf(index), fromRun);

    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        inner.Placement(onnx, settings, cancellation);

    private sealed class Session(IModelSession inner, Func<float, float> corrupt, string output, int fromRun) : IModelSession
    {
        private int runs;

        public double BuildMs => inner.BuildMs;

        public int BatchSize => inner.BatchSize;

        public void Run()
        {
            runs++;
            inner.Run();
        }

        public float[] Read(string name)
        {
            float[] values = inner.Read(name);
            if (name == output && runs >= fromRun)
                values[^1] = corrupt(values[^1]);
            return values;
        }

        public void Dispose() => inner.Dispose();
    }
}
