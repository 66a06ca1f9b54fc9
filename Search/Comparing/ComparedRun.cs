using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Comparing;

/// <summary>A run that takes part in a comparison.</summary>
/// <param name="Name">What it is called here: the folder's name, or its path where two would be alike.</param>
/// <param name="Path">The folder as the user named it.</param>
/// <param name="Options">Its configuration.</param>
/// <param name="Device">What its latencies were measured on, and how.</param>
/// <param name="Target">The student's band on that device.</param>
/// <param name="RandomSeed">What drew its student, where that is a random network; null where it was searched or derived.</param>
public sealed record ComparedRun(
    string Name,
    string Path,
    FasterSegOptions Options,
    TableIdentity Device,
    LatencyTarget Target,
    int? RandomSeed
)
{
    /// <summary>Whether its student is a random network.</summary>
    public bool IsRandom => RandomSeed is not null;

    /// <summary>The seed by which this run may differ from others: of the search, or of the draw.</summary>
    public int Seed => RandomSeed ?? Options.Seed;
}
