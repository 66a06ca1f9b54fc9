using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg report</c> says.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Out">The page.</param>
/// <param name="Data">Images to show predictions on; null shows none.</param>
/// <param name="Measure">Have the networks measured first.</param>
/// <param name="Profiler">By whom; null is this machine.</param>
/// <param name="Device">Where torch computes predictions.</param>
/// <param name="Overwrite">A page that is there may be replaced.</param>
public sealed record ReportArguments(
    string Run,
    string Out,
    string? Data,
    bool Measure,
    ProfilerAddress? Profiler,
    string Device,
    bool Overwrite
);
