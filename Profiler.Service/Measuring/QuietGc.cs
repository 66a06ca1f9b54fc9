using System.Runtime;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// While it lives, the garbage collector stays still, up to what the rest of the process allocates meanwhile. The timed
/// runs themselves allocate nothing.
/// </summary>
public sealed class QuietGc : IDisposable
{
    private const long AllowedBytes = 16 << 20;

    private readonly bool isOwner;

    /// <summary>Collects, then forbids further collections where the runtime agrees.</summary>
    public QuietGc()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) return;
        try
        {
            isOwner = GC.TryStartNoGCRegion(AllowedBytes);
        }
        catch (InvalidOperationException)
        {
            // Another part of the process has just entered such a region: as good as ours.
        }
    }

    /// <summary>Lets the collector work again.</summary>
    public void Dispose()
    {
        // The region has ended by itself where the process allocated more than was allowed.
        if (!isOwner || GCSettings.LatencyMode != GCLatencyMode.NoGCRegion) return;
        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the call.
        }
    }
}
