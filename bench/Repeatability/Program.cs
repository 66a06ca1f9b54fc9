using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Repeatability;
using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

// fixed OUT [--threads N] [--runs N]
// released OUT [--threads N] [--sample N] [--pilot S] [--seconds S]
// short [--sample N]
// The first two measure the 256x512 space in one seeded order, one session an operator, and write a table that `fasterseg lut diff` reads.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["short", ..])
    return ShortRuns.Run(sample: (int)Option("--sample", int.MaxValue));
if (args is not [("fixed" or "released") and var protocol, var path, ..])
{
    Console.Error.WriteLine(
        "usage: fixed|released OUT.json [--threads N] [--runs N] [--sample N] [--pilot S] [--seconds S] | short [--sample N]"
    );
    return 2;
}
if (Path.Exists(path))
{
    Console.Error.WriteLine($"{path} is there already: name another file.");
    return 2;
}
int threads = (int)Option("--threads", 1),
    runs = (int)Option("--runs", 50),
    sample = (int)Option("--sample", int.MaxValue);
double pilot = Option("--pilot", 1),
    seconds = Option("--seconds", 6);

var space = new SearchSpace(256, 512, 12, SearchSpace.Paper().WidthRatios, 16, 19, 1, 1, 8.0 / 12, 8.0 / 12);
var settings = new MeasurementSettings { Threads = threads };
DeviceFacts device = CpuFacts.Read(threads);
var engine = new CpuEngine(device, TimeProvider.System);
OperatorSpec[] all = [.. space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition)];
OperatorSpec[] chosen = [.. new SplitMix64(7).Shuffle(all).Take(sample)];
var entries = new List<LatencyEntry>();
long start = Stopwatch.GetTimestamp();
foreach (OperatorSpec spec in chosen)
{
    using IModelSession session = engine.Open(OperatorModel.Build(spec, 1, settings.Seed).ToByteArray(), settings);
    double ms = protocol == "fixed" ? Baselines.Fixed(session, runs) : Baselines.Released(session, pilot, seconds);
    entries.Add(new(spec, EntryOrigin.Measured, ms));
}
double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
string name = protocol == "fixed" ? $"fixed 10+{runs}" : $"released pilot={pilot}s runs={seconds}s";
var table = new LatencyTable(engine.Identity(settings) with { Protocol = name }, space, entries, DateTimeOffset.UtcNow);
AtomicFile.Write(path, file => file.Write(LatencyTableJson.Serialize(table)));
Console.WriteLine(
    $"{name}, {threads} threads: {chosen.Length} of {all.Length} operators in {elapsed:F1} s, all of them would take "
        + $"{elapsed * all.Length / chosen.Length:F0} s"
);
return 0;

double Option(string option, double otherwise) =>
    Array.IndexOf(args, option) is > 0 and var at ? double.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
