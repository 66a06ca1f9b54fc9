namespace FasterSeg.Profiler.Service.Security;

/// <summary>Marks a connection that came in where the page for people is: what a caller writes as its host says nothing of that.</summary>
/// <param name="IsLoopback">Whether only this machine reaches it there.</param>
internal sealed record PageConnection(bool IsLoopback);
