using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg derive --run</c> says.</summary>
/// <param name="Run">A one-shot search's folder.</param>
/// <param name="Data">The images that it was searched on.</param>
/// <param name="Target">The band; null is the search's.</param>
/// <param name="Front">Networks of a front over latency; null is one network in the band.</param>
/// <param name="Profiler">The profiler that measures the table, where there is none, and the network.</param>
/// <param name="Lut">A finished table instead.</param>
/// <param name="Device">Where torch computes.</param>
/// <param name="Out">A new folder.</param>
public sealed record SupernetArguments(
    string Run,
    string? Data,
    string? Target,
    int? Front,
    ProfilerAddress? Profiler,
    string? Lut,
    string Device,
    string Out
);
