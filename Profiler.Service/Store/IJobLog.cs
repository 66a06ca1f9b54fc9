using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// What a job has measured, round by round: the first rounds measure everything once each, later ones what is still unsure. A builder
/// that finds something here goes on behind it.
/// </summary>
public interface IJobLog
{
    /// <summary>The sessions of a round, one of an operator at most.</summary>
    IReadOnlyList<OperatorSession> Sessions(int round);

    /// <summary>The sentinel's readings of a round, by ascending position.</summary>
    IReadOnlyList<SentinelReading> Readings(int round);

    /// <summary>Keeps a session.</summary>
    void Add(int round, OperatorSession session);

    /// <summary>Keeps a reading.</summary>
    void Add(int round, SentinelReading reading);

    /// <summary>The whole networks that it has measured, in their order.</summary>
    IReadOnlyList<NetworkVisit> Visits();

    /// <summary>Keeps a network's measurement.</summary>
    void Add(NetworkVisit visit);

    /// <summary>Notes that something befell the job once more.</summary>
    void Note(JobEvent what);

    /// <summary>How often what befell the job, over all that ran it.</summary>
    IReadOnlyDictionary<JobEvent, int> Events();
}
