using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Native;

/// <summary>Refuses work that cannot fit into this machine's memory: where a system promises more than it has, it ends the program in the
/// middle of it, without a word.</summary>
public static class MemoryRoom
{
    private const double GiB = 1L << 30;

    private const string Linux = "/proc/meminfo";

    /// <summary>Memory that this program may have, bytes: what is free of the machine's where that is known, and at most its
    /// container's.</summary>
    public static long Bytes => Math.Min(Free() ?? long.MaxValue, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Passes what may fit.</summary>
    /// <param name="bytes">What it takes at least.</param>
    /// <param name="what">What takes it, to begin a sentence with, e.g. <c>--batch 1000</c>.</param>
    /// <param name="help">What to do, to end the sentence with.</param>
    /// <param name="room">Memory that there is, bytes; null is <see cref="Bytes"/>.</param>
    /// <exception cref="UsageException">It does not fit.</exception>
    public static void Require(double bytes, string what, string help, long? room = null)
    {
        long there = room ?? Bytes;
        if (bytes > there)
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} takes at least {bytes / GiB:0.#} GiB of memory, and {there / GiB:0.#} GiB are free here: {help}."
                )
            );
    }

    private static long? Free()
    {
        try
        {
            return
                File.Exists(Linux)
                && long.TryParse(
                    ProcessorFacts.Field(File.ReadAllText(Linux), "MemAvailable").Split(' ')[0],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long kibibytes
                )
                ? kibibytes << 10
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
