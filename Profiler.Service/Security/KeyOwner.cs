namespace FasterSeg.Profiler.Service.Security;

/// <summary>Whose an access key is.</summary>
/// <param name="Name">The owner.</param>
/// <param name="IsOperator">Whether it may cancel everybody's jobs.</param>
public sealed record KeyOwner(string Name, bool IsOperator);
