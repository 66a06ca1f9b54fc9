using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>The memory that native libraries (SQLite above all) take from the C library.</summary>
internal static partial class NativeHeap
{
    // Of glibc's malloc.h.
    private const int MmapThreshold = -3,
        ArenaMax = -8;
    private const int LargeBlock = 128 << 10;

    /// <summary>
    /// Keeps a service that runs for months small, where the C library is glibc. By itself it gives every thread a heap of its own, up to
    /// eight for each core, and after the first large block it takes ever larger ones from these heaps, which fragment and give nothing
    /// back.
    /// </summary>
    public static void Bound()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(ArenaMax, 1);
            _ = SetOption(MmapThreshold, LargeBlock);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, with a heap of another kind.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
