using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Evaluation;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg eval</c> says.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Role">Which network.</param>
/// <param name="Data">The images.</param>
/// <param name="Split">Train or val.</param>
/// <param name="Device">Where torch computes.</param>
/// <param name="Mode">How images are looked at.</param>
/// <param name="Size">Rows and columns that they are brought to, or <c>own</c>; null is the deployed size.</param>
/// <param name="Measure">Have the network's latency measured too.</param>
/// <param name="Profiler">By whom; null is this machine.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record EvalArguments(
    string Run,
    Role Role,
    string Data,
    string Split,
    string Device,
    EvaluationMode Mode,
    string? Size,
    bool Measure,
    ProfilerAddress? Profiler,
    bool Json = false
);
