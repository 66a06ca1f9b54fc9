using System.Net;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg watch</c> says.</summary>
/// <param name="Run">The run; null watches a folder of runs.</param>
/// <param name="Runs">That folder; null where one run is watched.</param>
/// <param name="Listen">Where the pages are.</param>
/// <param name="Insecure">Other machines may read them.</param>
public sealed record WatchArguments(string? Run, string? Runs, IPEndPoint Listen, bool Insecure);
