using FasterSeg.Latency;

namespace FasterSeg.Profiler.Client;

/// <summary>How calls name the pool of a fleet that they are for.</summary>
internal static class FleetPool
{
    /// <summary>Name of the calls' metadata.</summary>
    public const string Header = "fasterseg-pool";

    // Ids are short, names are those of devices.
    private const int LongestName = 200;

    /// <summary>Checks a pool's name before it goes into the metadata, which hold nothing but ASCII.</summary>
    /// <exception cref="UsageException">It cannot be one.</exception>
    public static string Checked(string pool) =>
        pool.Trim() is { Length: > 0 and <= LongestName } name && name.All(letter => letter is >= ' ' and <= '~')
            ? name
            : throw new UsageException(
                "What names a pool is its id, its name or letters and digits of it: 'fasterseg fleet pools' lists all pools of a fleet."
            );
}
