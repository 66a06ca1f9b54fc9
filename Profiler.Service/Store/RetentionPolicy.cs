namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// What a store keeps. The newest table of each kind (device and space) always stays, and so does one whose JSON file lies in the store's
/// folder; both keep the job that made them. A job that is running loses nothing.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>Default of <see cref="Versions"/>.</summary>
    public const int DefaultVersions = 100;

    /// <summary>Default of <see cref="Days"/>.</summary>
    public const int DefaultDays = 180;

    /// <summary>Default of <see cref="LimitMiB"/>.</summary>
    public const int DefaultLimitMiB = 4096;

    /// <summary>Tables of one kind, and jobs that ended without a table.</summary>
    public int Versions { get; init; } = DefaultVersions;

    /// <summary>How old they become. A clock may be wrong: the newest ten of each stay, however old they seem.</summary>
    public int Days { get; init; } = DefaultDays;

    /// <summary>What the store's file may hold, MiB; beyond it the oldest go first.</summary>
    public int LimitMiB { get; init; } = DefaultLimitMiB;
}
