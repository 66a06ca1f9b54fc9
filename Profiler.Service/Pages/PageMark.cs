namespace FasterSeg.Profiler.Service.Pages;

/// <summary>Registered where a profiler has a page for people.</summary>
internal sealed record PageMark;
