using System.Runtime;
using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>
/// Keeps the garbage collector still while torch computes. TorchSharp 0.107 hands the address of a scalar to torch and does not keep the
/// scalar alive meanwhile: a collection at that moment, which any thread's allocations may start, frees the number that torch is about to
/// read. So collections wait for the moments between two steps. docs/decisions/0009 has how often it happened.
/// </summary>
public sealed class StillCollector : IDisposable
{
    private const long LeastBytes = 256L << 20,
        MostBytes = 2L << 30;

    // Tensors that TorchSharp leaves to the collector, such as those of an optimizer's step, are as large as all weights together: they
    // must not wait long.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250),
        LongestFull = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private long granted,
        begunBytes,
        begunTime,
        fullTime,
        lastBytes;
    private QuietGc? still;

    /// <summary>Forbids nothing yet.</summary>
    /// <param name="time">Tells how long ago it collected; null is the system's clock.</param>
    public StillCollector(TimeProvider? time = null) => this.time = time ?? TimeProvider.System;

    /// <summary>To be called where no torch call is under way: collects, unless it has only just done so, and forbids collections from then
    /// on.</summary>
    public void Renew()
    {
        long allocated = GC.GetTotalAllocatedBytes(),
            step = allocated - lastBytes;
        lastBytes = allocated;
        if (still is { Holds: true } && time.GetElapsedTime(begunTime) < Longest && allocated - begunBytes + (2 * step) < granted)
            return;
        Dispose();
        // Another part of the process keeps the collector still already.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            return;
        Collect();
        // A step that allocates more than is allowed would end the stillness by itself.
        granted = begunTime == 0 ? LeastBytes : Math.Clamp(4 * step, LeastBytes, MostBytes);
        still = new QuietGc(granted);
        (begunBytes, begunTime) = (GC.GetTotalAllocatedBytes(), time.GetTimestamp());
    }

    /// <summary>Lets the collector work again.</summary>
    public void Dispose()
    {
        still?.Dispose();
        still = null;
    }

    /// <summary>A region that finds its memory free begins without a collection. What a step leaves is young; what survived one is looked
    /// for less often.</summary>
    private void Collect()
    {
        bool full = fullTime == 0 || time.GetElapsedTime(fullTime) >= LongestFull;
        GC.Collect(full ? GC.MaxGeneration : 1, GCCollectionMode.Forced, blocking: true, compacting: false);
        if (full)
            fullTime = time.GetTimestamp();
    }
}
