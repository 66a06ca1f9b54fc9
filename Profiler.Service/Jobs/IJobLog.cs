using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What a job has measured, pass by pass: pass 0 measures everything once, later ones repair what a drift touched. A builder
/// that finds something here goes on behind it.
/// </summary>
public interface IJobLog
{
    /// <summary>The entries of a pass.</summary>
    IReadOnlyList<LatencyEntry> Entries(int pass);

    /// <summary>The sentinel's readings of a pass, by ascending position.</summary>
    IReadOnlyList<SentinelReading> Readings(int pass);

    /// <summary>Keeps an entry.</summary>
    void Add(int pass, LatencyEntry entry);

    /// <summary>Keeps a reading.</summary>
    void Add(int pass, SentinelReading reading);
}
