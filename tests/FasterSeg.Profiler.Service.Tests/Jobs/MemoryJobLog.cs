using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>A log that lives as long as its test.</summary>
internal sealed class MemoryJobLog : IJobLog
{
    private readonly Dictionary<int, List<LatencyEntry>> entries = [];
    private readonly Dictionary<int, List<SentinelReading>> readings = [];

    public IReadOnlyList<LatencyEntry> Entries(int pass) => [.. entries.GetValueOrDefault(pass, [])];

    public IReadOnlyList<SentinelReading> Readings(int pass) => [.. readings.GetValueOrDefault(pass, [])];

    public void Add(int pass, LatencyEntry entry)
    {
        List<LatencyEntry> of = entries.TryGetValue(pass, out List<LatencyEntry>? found) ? found : entries[pass] = [];
        of.RemoveAll(other => other.Spec == entry.Spec);
        of.Add(entry);
    }

    public void Add(int pass, SentinelReading reading) =>
        (readings.TryGetValue(pass, out List<SentinelReading>? found) ? found : readings[pass] = []).Add(reading);
}
