using FasterSeg.Latency.Tables;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Engines;

/// <summary>An engine without a device, which shows who used it, when and on which thread.</summary>
internal sealed class FakeEngine : IEngine
{
    private int open;

    /// <summary>Called with the name of each graph before its session opens.</summary>
    public Action<string> Opening { get; init; } = _ => { };

    /// <summary>Called with each model before its session opens.</summary>
    public Action<ModelProto> Loading { get; init; } = _ => { };

    /// <summary>Names of the graphs in the order they were opened.</summary>
    public List<string> Opened { get; } = [];

    /// <summary>Threads that opened or ran a session.</summary>
    public HashSet<int> Threads { get; } = [];

    /// <summary>Most sessions that were open at a time.</summary>
    public int MostOpen { get; private set; }

    public DeviceFacts Device { get; } = new("fake", "FAKE-0", "none", "0.0.0", LogicalCores: 2, MemoryBytes: 1, DefaultThreads: 1);

    public string Provider { get; init; } = "cpu";

    public string Precision => "fp32";

    /// <summary>The clock that runs are timed by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>One run of the graph with this name.</summary>
    public Action<string> Running { get; init; } = _ => Thread.SpinWait(100);

    public IRunTimer Timer => new ClockRunTimer(Time);

    public TableIdentity Identity(MeasurementSettings settings) =>
        new(
            Device.Name,
            Device.Uuid,
            null,
            null,
            Provider,
            null,
            null,
            null,
            Precision,
            settings.Threads,
            settings.BatchSize,
            settings.Protocol
        );

    public IReadOnlyDictionary<string, string> Environment() => new Dictionary<string, string> { ["load_average"] = "0 0 0" };

    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(onnx);
        string name = model.Graph.Name;
        Loading(model);
        Opening(name);
        Opened.Add(name);
        MostOpen = Math.Max(MostOpen, Interlocked.Increment(ref open));
        return new Session(this, name);
    }

    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        new([new("fake", 1)]);

    private sealed class Session(FakeEngine engine, string name) : IModelSession
    {
        public double BuildMs => 1;

        public int BatchSize => 1;

        public void Run()
        {
            engine.Threads.Add(System.Environment.CurrentManagedThreadId);
            engine.Running(name);
        }

        public void Dispose() => Interlocked.Decrement(ref engine.open);
    }
}
