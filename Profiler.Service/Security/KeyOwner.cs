namespace FasterSeg.Profiler.Service.Security;

/// <summary>Whose an access key is.</summary>
/// <param name="Name">The owner.</param>
/// <param name="IsOperator">Whether it may cancel everybody's jobs.</param>
/// <param name="IsDevice">Whether it is a device's, which may join a fleet and nothing else.</param>
public sealed record KeyOwner(string Name, bool IsOperator, bool IsDevice = false);
