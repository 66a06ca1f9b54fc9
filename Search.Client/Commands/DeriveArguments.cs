using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg derive</c> says.</summary>
/// <param name="Parameters">The file with alpha, beta and gamma.</param>
/// <param name="Role">Whose to derive.</param>
/// <param name="Pair">8 or 16: the branch beside the one at 32; null chooses.</param>
/// <param name="Config">The configuration's file; null where <paramref name="Out"/> is a run already.</param>
/// <param name="Set">Overrides.</param>
/// <param name="Profiler">The profiler that measures the table, where there is none, and the network.</param>
/// <param name="Lut">A finished table instead.</param>
/// <param name="Out">The run's folder, new or a run without this role's network.</param>
public sealed record DeriveArguments(
    string Parameters,
    Role Role,
    int? Pair,
    string? Config,
    string[] Set,
    ProfilerAddress? Profiler,
    string? Lut,
    string Out
);
