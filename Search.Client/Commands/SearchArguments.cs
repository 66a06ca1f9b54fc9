using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg search</c> says.</summary>
/// <param name="Config">The configuration's file; with <paramref name="Resume"/> the run's own.</param>
/// <param name="Set">Overrides.</param>
/// <param name="Data">The images.</param>
/// <param name="Profiler">The profiler that measures the table, unless <paramref name="Lut"/> is one, and the networks.</param>
/// <param name="Lut">A finished table.</param>
/// <param name="Out">The run's folder.</param>
/// <param name="Device">Where torch computes.</param>
/// <param name="Resume">Go on with the run in <paramref name="Out"/>.</param>
/// <param name="MeasureEvery">Have the derived networks measured after every so many epochs; 0 does not.</param>
public sealed record SearchArguments(
    string? Config,
    string[] Set,
    string Data,
    ProfilerAddress? Profiler,
    string? Lut,
    string Out,
    string Device,
    bool Resume,
    int MeasureEvery
);
