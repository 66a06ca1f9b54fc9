namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg device</c> says.</summary>
/// <param name="Profiler">The profiler's address; null is this machine.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record DeviceArguments(string? Profiler, bool Json = false);
