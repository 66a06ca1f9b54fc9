using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg device</c> says.</summary>
/// <param name="Profiler">Who measures; null is this machine.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record DeviceArguments(ProfilerAddress? Profiler, bool Json = false);
