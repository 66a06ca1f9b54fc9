using System.Runtime;

namespace FasterSeg.Latency;

/// <summary>
/// While it lives, the garbage collector stays still, as long as the process allocates no more than was allowed.
/// </summary>
public sealed class QuietGc : IDisposable
{
    /// <summary>Enough beside timed runs, which allocate nothing themselves.</summary>
    public const long DefaultBytes = 16 << 20;

    private readonly bool isOwner;

    /// <summary>Forbids collections where the runtime agrees; it collects first if it has not so much memory free.</summary>
    /// <param name="allowedBytes">What the process may allocate meanwhile.</param>
    public QuietGc(long allowedBytes = DefaultBytes)
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            return;
        try
        {
            isOwner = GC.TryStartNoGCRegion(allowedBytes);
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Another part of the process has just entered such a region, which is as good as ours, or so much is never granted.
        }
    }

    /// <summary>Whether it is this one that keeps the collector still; it has ended by itself where the process allocated more than was
    /// allowed.</summary>
    public bool Holds => isOwner && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;

    /// <summary>Lets the collector work again.</summary>
    public void Dispose()
    {
        if (!Holds)
            return;
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
