namespace FasterSeg.Search.Sweeps;

/// <summary>How an agent works.</summary>
/// <param name="Name">Names it for people.</param>
/// <param name="Devices">Names of torch's devices; each has one chain at a time.</param>
/// <param name="Sweeps">The folder in which this machine sees sweeps, by their folders' names; null sees them where they were
/// submitted.</param>
public sealed record AgentOptions(string Name, IReadOnlyList<string> Devices, string? Sweeps = null)
{
    /// <summary>Between two questions where no chain waits, or the fleet is away.</summary>
    public TimeSpan Ask { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long what could not be begun is left to others.</summary>
    public TimeSpan Aside { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process that still saves is waited for, before its chain is left to others.</summary>
    public TimeSpan Saving { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longer than a stage takes to see that its chain is another agent's, with what a network's file system needs to tell
    /// it.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Before what may pass in a stage is tried again; null is ten seconds.</summary>
    public TimeSpan? Pause { get; init; }
}
