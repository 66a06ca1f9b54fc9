namespace FasterSeg.Search.Client.Hosting;

/// <summary>Who measures for a command.</summary>
/// <param name="Url">The address of a profiler, or of a fleet.</param>
/// <param name="Pool">The fleet's pool; null names none, which is right for a profiler and for a fleet of one pool.</param>
public sealed record ProfilerAddress(string Url, string? Pool = null);
