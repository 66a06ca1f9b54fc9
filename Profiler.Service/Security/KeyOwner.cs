namespace FasterSeg.Profiler.Service.Security;

/// <summary>Whose an access key is.</summary>
/// <param name="Name">The owner.</param>
/// <param name="Role">What the owner may do that others may not: <c>operator</c>, or in a fleet <c>device</c>; null for nothing.</param>
public sealed record KeyOwner(string Name, string? Role = null);
