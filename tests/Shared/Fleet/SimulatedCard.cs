using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Tests;

/// <summary>
/// What a simulated device would measure. The same seed, operator and number of the measurement give the same result, whatever else was
/// measured before.
/// </summary>
internal sealed record SimulatedCard
{
    private const int SamplesOfSession = 6;
    private const string Protocol = "sessions-v5";

    /// <summary>Its kind; devices whose kinds are equal are of one pool.</summary>
    public string Kind { get; init; } = "simulated card";

    /// <summary>An operator's true latency on the kind's usual card, ms, by its key.</summary>
    public Func<string, double> TrueMs { get; init; } = UsualMs;

    /// <summary>This card's latencies over the usual card's.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Further factors of some kinds of operators.</summary>
    public IReadOnlyDictionary<OperatorKind, double> KindFactors { get; init; } = new Dictionary<OperatorKind, double>();

    /// <summary>Standard deviation of a measured latency over the true one, as a share.</summary>
    public double Noise { get; init; } = 0.002;

    /// <summary>Of the noise.</summary>
    public int Seed { get; init; }

    /// <summary>Why an operator cannot be measured here, by its key; null where it can.</summary>
    public Func<string, string?> Fails { get; init; } = _ => null;

    /// <summary>Why a network cannot be measured, by its bytes; null where it can.</summary>
    public Func<long, string?> Refuses { get; init; } = _ => null;

    /// <summary>Why it is a loaded device whenever it measures; empty where it is not.</summary>
    public string Loaded { get; init; } = "";

    /// <summary>What the fleet is told at first.</summary>
    public Hello Hello(string name) =>
        new()
        {
            Name = name,
            Version = "simulated",
            Protocol = Protocol,
            Device = new()
            {
                Name = Kind,
                Uuid = "SIM-" + name,
                OperatingSystem = "none",
                OnnxruntimeVersion = "1.0",
                Providers = { ExecutionProvider.Cpu },
                LogicalCores = 64,
                MemoryBytes = 1L << 30,
                DefaultThreads = 1,
                Environment = { ["load_average"] = "0.1 0.2 0.3", ["governor"] = "performance" },
            },
            Identity = new()
            {
                DeviceName = Kind,
                DeviceUuid = "SIM-" + name,
                Provider = ExecutionProvider.Cpu,
                OnnxruntimeVersion = "1.0",
                Precision = Precision.Fp32,
                Threads = 1,
                BatchSize = 1,
                Protocol = $"{Protocol} sessions=3 half-width=0.01 min-samples=15 cap=0.5s hot-cache",
            },
        };

    /// <summary>One measurement.</summary>
    /// <param name="key">The operator's key.</param>
    /// <param name="times">How often this card has measured it before: each time has its own noise.</param>
    public LatencyEntry Measure(string key, int times)
    {
        OperatorSpec spec = OperatorKey.Parse(key);
        if (spec.IsZeroByDefinition)
            return LatencyEntry.Defined(spec);
        if (Fails(key) is { } reason)
            return LatencyEntry.Failed(spec, reason);
        double ms = MedianMs(key, spec.Kind, times),
            half = Math.Max(Noise, 1e-4) * ms;
        var spread = new LatencySpread(ms, half, ms - half, ms + half, ms - half, ms - half, ms + half, ms + half, 18, Sessions: 3);
        return LatencyEntry.Measured(spec, new(ms, spread), buildMs: 1, new Placement([new("CPUExecutionProvider", 1)]));
    }

    /// <summary>The raw samples behind an entry.</summary>
    public static IEnumerable<SessionSamples> Samples(LatencyEntry entry) =>
        entry.Spread is null
            ? []
            : Enumerable
                .Range(0, entry.Spread.Sessions)
                .Select(_ => new SessionSamples { SamplesMs = { Enumerable.Repeat(entry.MedianMs, SamplesOfSession) } });

    /// <summary>A whole network of so many bytes.</summary>
    public MeasureModelResponse MeasureModel(Hello hello, long bytes)
    {
        double ms = MedianMs($"model of {bytes} bytes", OperatorKind.Conv, 0);
        return new()
        {
            Device = hello.Device,
            Identity = hello.Identity,
            BuildMs = 1,
            Placement =
            {
                new NodePlacement { Provider = "CPUExecutionProvider", Nodes = 1 },
            },
            Statistics = new MeasuredLatency(ms, new LatencySpread(ms, 0, ms, ms, ms, ms, ms, ms, 18, Sessions: 3)).ToMessage(),
        };
    }

    /// <summary>A latency that grows with the operator's work, from microseconds to some milliseconds.</summary>
    public static double UsualMs(string key)
    {
        if (!OperatorKey.TryParse(key, out OperatorSpec? spec))
            return 10;
        double work = (double)spec.Height * spec.Width * spec.InChannels * Math.Max(1, spec.OutChannels);
        return 0.01 + (1e-8 * work);
    }

    private double MedianMs(string key, OperatorKind kind, int times)
    {
        double ms = TrueMs(key) * Factor * KindFactors.GetValueOrDefault(kind, 1);
        // string.GetHashCode differs from process to process.
        uint hash = 2166136261;
        foreach (char letter in key)
            hash = (hash ^ letter) * 16777619;
        var random = new Random(unchecked((int)hash ^ (Seed * 7919) ^ (times * 104729)));
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return ms * Math.Max(0.01, 1 + (Noise * normal));
    }
}
