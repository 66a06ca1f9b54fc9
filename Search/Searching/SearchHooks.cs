using FasterSeg.Latency.Tables;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>What a search calls beside its own work.</summary>
/// <param name="Reporter">Tells the user.</param>
public sealed record SearchHooks(IProgressReporter Reporter)
{
    /// <summary>Asked between two steps of the search for a newer version of the table; null where the table stays.</summary>
    public Func<LatencyTable?>? NewerTable { get; init; }

    /// <summary>Measures the derived networks from time to time; null leaves them to the table.</summary>
    public DerivedMeasurement? Measurement { get; init; }

    /// <summary>Draws the derived networks; null draws none.</summary>
    public INetworkPictures? Pictures { get; init; }

    /// <summary>Between two attempts where the disk is full or the profiler away; null is ten seconds.</summary>
    public TimeSpan? Pause { get; init; }
}
