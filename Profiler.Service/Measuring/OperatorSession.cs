using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One session of one operator: opened, warmed up and sampled once.</summary>
/// <param name="Entry">What the session alone says, or why it failed.</param>
/// <param name="SamplesMs">Its samples, ms, in the order they were taken; empty where it failed or nothing is measured.</param>
/// <param name="Interrupted">It failed because the process that measured it ended in the middle: the operator's doing, or an
/// outsider's.</param>
/// <param name="FromOutside">It failed by what no operator can have done, such as a kill from outside, and says nothing of it.</param>
public sealed record OperatorSession(
    LatencyEntry Entry,
    ReadOnlyMemory<double> SamplesMs = default,
    bool Interrupted = false,
    bool FromOutside = false
)
{
    /// <summary>The operator's entry from its sessions; the failed ones count only where there is no other.</summary>
    /// <param name="sessions">All sessions of one operator, at least one.</param>
    /// <param name="settings">How they were measured.</param>
    public static LatencyEntry Join(IReadOnlyList<OperatorSession> sessions, MeasurementSettings settings)
    {
        OperatorSession[] usable = Usable(sessions);
        if (usable.Length == 0)
            return sessions[^1].Entry;
        if (usable[0].Entry.Spread is null)
            return usable[0].Entry;
        MeasuredLatency joined = SessionPool.Join(SamplesOf(usable), usable.Sum(session => session.Entry.Spread!.Disturbed), settings);
        // Later sessions may find caches that the first one filled.
        return LatencyEntry.Measured(usable[0].Entry.Spec, joined, usable.Max(session => session.Entry.BuildMs), usable[0].Entry.Placement);
    }

    /// <summary>Whether an operator needs a further session: it has too few, or they do not agree and there may be more.</summary>
    /// <param name="sessions">Its sessions so far that count.</param>
    /// <param name="settings">How they are measured.</param>
    public static bool NeedsMore(IReadOnlyList<OperatorSession> sessions, MeasurementSettings settings)
    {
        OperatorSession[] usable = Usable(sessions);
        // What failed by itself once, twice over in a worker of its own, is not tried to the last.
        return usable.Length == 0 ? sessions.All(session => session.FromOutside) : SessionPool.NeedsMore(SamplesOf(usable), settings);
    }

    private static OperatorSession[] Usable(IReadOnlyList<OperatorSession> sessions) =>
        [.. sessions.Where(session => session.Entry.Failure is null)];

    private static ReadOnlyMemory<double>[] SamplesOf(OperatorSession[] sessions) => [.. sessions.Select(session => session.SamplesMs)];
}
