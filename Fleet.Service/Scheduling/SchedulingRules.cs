namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>Sizes and terms of a pool's work.</summary>
internal sealed record SchedulingRules
{
    /// <summary>Seconds of <see cref="ChainTerm"/>, where nothing else is said.</summary>
    public const int DefaultChainSeconds = 60;

    /// <summary>Most items of a stint: as many as lie between two readings of the sentinel.</summary>
    public int MostItems { get; init; } = Profiler.Service.Measuring.Sentinel.DefaultInterval;

    /// <summary>A device gives a sign of life after so long without another message.</summary>
    public TimeSpan SignEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a lease holds without a sign.</summary>
    public TimeSpan Term { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a lease holds after its device's call broke.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer that hands out a lease may be on its way.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A device that asked for work within this time is there.</summary>
    public TimeSpan Lately { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an agent keeps a chain without a sign of life.</summary>
    public TimeSpan ChainTerm { get; init; } = TimeSpan.FromSeconds(DefaultChainSeconds);

    /// <summary>How often jobs are read from the store where nobody told of a change.</summary>
    public TimeSpan Reading { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often leases are looked for that nobody knows.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Strikes at which a device is set aside.</summary>
    public int MostStrikes { get; init; } = 2;

    /// <summary>How many items a stint has: towards the end of a job fewer, so that all devices end together (guided self-scheduling,
    /// Polychronopoulos and Kuck, 1987, with half of its share).</summary>
    /// <param name="waiting">Items that wait.</param>
    /// <param name="devices">Devices that share them.</param>
    public int StintOf(int waiting, int devices) => Math.Clamp((waiting + (2 * devices) - 1) / (2 * devices), 1, MostItems);
}
