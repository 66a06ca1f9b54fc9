using System.Runtime;

namespace FasterSeg.Search.Client.Running;

/// <summary>
/// Keeps the garbage collector still while torch computes. TorchSharp 0.107 hands the address of a scalar to torch and does not keep the scalar
/// alive meanwhile: a collection at that moment, which any thread's allocations may start, frees the number that torch is about to read. So
/// collections wait for the moments between two steps. docs/decisions/0009 has how often it happened.
/// </summary>
public sealed class StillCollector : IDisposable
{
    private const long LeastBytes = 256L << 20, MostBytes = 2L << 30;

    private long wanted = LeastBytes, granted, begun, last;
    private bool isOwner;

    /// <summary>To be called where no torch call is under way: collects, if much was allocated since the last time, and forbids collections from then on.</summary>
    public void Renew()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        // A step that allocates more than is allowed would end the stillness by itself.
        if (last > 0) wanted = Math.Clamp(4 * (allocated - last), wanted, MostBytes);
        last = allocated;
        if (isOwner && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion && wanted <= granted && allocated - begun < granted / 2) return;
        End();
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) return;
        try
        {
            isOwner = GC.TryStartNoGCRegion(wanted);
            granted = wanted;
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Another part of the process has just begun one, or there is not so much memory: as before.
        }
        begun = GC.GetTotalAllocatedBytes();
    }

    /// <summary>Lets the collector work again.</summary>
    public void Dispose() => End();

    private void End()
    {
        if (!isOwner) return;
        isOwner = false;
        try
        {
            // It has ended by itself where more was allocated than was allowed.
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
        }
    }
}
