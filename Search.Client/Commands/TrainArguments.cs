using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg train</c> says.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Role">Which network.</param>
/// <param name="Data">The images.</param>
/// <param name="Device">Where torch computes, with commas between several.</param>
/// <param name="Resume">Go on at the checkpoint.</param>
/// <param name="Set">Overrides of the run's configuration.</param>
public sealed record TrainArguments(string Run, Role Role, string Data, string Device, bool Resume, string[] Set);
