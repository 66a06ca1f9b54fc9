using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Onnx;

namespace FasterSeg.Profiler.Service.Tests.Engines;

/// <summary>An engine without a device, which shows who used it, when and on which thread.</summary>
internal sealed class FakeEngine : IEngine
{
    private int open;

    /// <summary>Called with the name of each graph before its session opens.</summary>
    public Action<string> Opening { get; init; } = _ => { };

    /// <summary>Names of the graphs in the order they were opened.</summary>
    public List<string> Opened { get; } = [];

    /// <summary>Threads that opened or ran a session.</summary>
    public HashSet<int> Threads { get; } = [];

    /// <summary>Most sessions that were open at a time.</summary>
    public int MostOpen { get; private set; }

    public DeviceFacts Device { get; } = new("fake", "FAKE-0", "none", "0.0.0", LogicalCores: 2, MemoryBytes: 1, DefaultThreads: 1);

    public string Provider => "cpu";

    public string Precision => "fp32";

    public IRunTimer Timer { get; } = new ClockRunTimer(TimeProvider.System);

    public TableIdentity Identity(MeasurementSettings settings) => new(Device.Name, Device.Uuid, null, null, Provider, null, null, null,
        Precision, settings.Threads, settings.BatchSize, settings.Protocol);

    public IModelSession Open(byte[] onnx, MeasurementSettings settings)
    {
        string name = ModelProto.Parser.ParseFrom(onnx).Graph.Name;
        Opening(name);
        Opened.Add(name);
        MostOpen = Math.Max(MostOpen, Interlocked.Increment(ref open));
        return new Session(this);
    }

    public IReadOnlyDictionary<string, int> Placement(byte[] onnx, MeasurementSettings settings) => new Dictionary<string, int> { ["fake"] = 1 };

    private sealed class Session(FakeEngine engine) : IModelSession
    {
        public double BuildMs => 1;

        public int BatchSize => 1;

        public void Run()
        {
            engine.Threads.Add(Environment.CurrentManagedThreadId);
            Thread.SpinWait(100);
        }

        public void Dispose() => Interlocked.Decrement(ref engine.open);
    }
}
