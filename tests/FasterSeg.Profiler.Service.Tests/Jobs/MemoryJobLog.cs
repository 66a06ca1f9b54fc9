using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>A log that lives as long as its test.</summary>
internal sealed class MemoryJobLog : IJobLog
{
    private readonly Dictionary<int, List<OperatorSession>> sessions = [];
    private readonly Dictionary<int, List<SentinelReading>> readings = [];
    private readonly Dictionary<JobEvent, int> events = [];

    public IReadOnlyList<OperatorSession> Sessions(int round) => [.. sessions.GetValueOrDefault(round, [])];

    public IReadOnlyList<SentinelReading> Readings(int round) => [.. readings.GetValueOrDefault(round, [])];

    public void Add(int round, OperatorSession session)
    {
        List<OperatorSession> of = sessions.TryGetValue(round, out List<OperatorSession>? found) ? found : sessions[round] = [];
        of.RemoveAll(other => other.Entry.Spec == session.Entry.Spec);
        of.Add(session);
    }

    public void Add(int round, SentinelReading reading) =>
        (readings.TryGetValue(round, out List<SentinelReading>? found) ? found : readings[round] = []).Add(reading);

    public void Note(JobEvent what) => events[what] = events.GetValueOrDefault(what) + 1;

    public IReadOnlyDictionary<JobEvent, int> Events() => events;
}
