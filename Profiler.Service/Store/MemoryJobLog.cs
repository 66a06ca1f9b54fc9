using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A log that lives as long as its program: of what somebody else keeps.</summary>
internal sealed class MemoryJobLog : IJobLog
{
    private readonly Dictionary<int, List<OperatorSession>> sessions = [];
    private readonly Dictionary<int, List<SentinelReading>> readings = [];
    private readonly Dictionary<JobEvent, int> events = [];
    private readonly List<NetworkVisit> visits = [];

    /// <inheritdoc/>
    public IReadOnlyList<OperatorSession> Sessions(int round) => [.. sessions.GetValueOrDefault(round, [])];

    /// <inheritdoc/>
    public IReadOnlyList<SentinelReading> Readings(int round) => [.. readings.GetValueOrDefault(round, [])];

    /// <inheritdoc/>
    public void Add(int round, OperatorSession session)
    {
        List<OperatorSession> of = sessions.TryGetValue(round, out List<OperatorSession>? found) ? found : sessions[round] = [];
        of.RemoveAll(other => other.Entry.Spec == session.Entry.Spec);
        of.Add(session);
    }

    /// <inheritdoc/>
    public void Add(int round, SentinelReading reading) =>
        (readings.TryGetValue(round, out List<SentinelReading>? found) ? found : readings[round] = []).Add(reading);

    /// <inheritdoc/>
    public IReadOnlyList<NetworkVisit> Visits() => [.. visits];

    /// <inheritdoc/>
    public void Add(NetworkVisit visit) => visits.Add(visit);

    /// <inheritdoc/>
    public void Note(JobEvent what) => events[what] = events.GetValueOrDefault(what) + 1;

    /// <inheritdoc/>
    public IReadOnlyDictionary<JobEvent, int> Events() => events;
}
