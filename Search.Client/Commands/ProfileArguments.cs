using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg profile</c> says.</summary>
/// <param name="Config">The configuration's file.</param>
/// <param name="Set">Overrides.</param>
/// <param name="Profiler">Who measures; null is this machine.</param>
/// <param name="Reuse">Take a finished table where the profiler has one.</param>
/// <param name="Budget">Operators to measure, up to 1 as a share of them and above as a number; the others are predicted. Null measures
/// all.</param>
/// <param name="From">Another device's table that the predictions begin with; null where there is none.</param>
/// <param name="Out">The table's file.</param>
/// <param name="Overwrite">It may be replaced, once the new table is whole.</param>
/// <param name="Anew">Forget what a job for the same has measured that ended before its table was finished.</param>
/// <param name="NoNetworks">Leave out the whole networks at the end, and the correction that comes from them.</param>
public sealed record ProfileArguments(
    string? Config,
    string[] Set,
    ProfilerAddress? Profiler,
    bool Reuse,
    double? Budget,
    string? From,
    string Out,
    bool Overwrite,
    bool Anew = false,
    bool NoNetworks = false
);
