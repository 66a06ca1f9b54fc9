namespace FasterSeg.Profiler.Service;

/// <summary>
/// Gives memory back to the system once large things were let go. By itself the collector keeps what it once had until it needs more, which
/// a service that measures hardly ever does.
/// </summary>
internal static class ManagedHeap
{
    // Less is not worth the pause.
    private const long WorthWhile = 32L << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static long freed;
    private static int pending;

    /// <summary>Notes that so many bytes are not referred to any more, or are not from now on.</summary>
    public static void NoteFreed(long bytes)
    {
        if (Interlocked.Add(ref freed, bytes) >= WorthWhile && Interlocked.Exchange(ref pending, 1) == 0)
            _ = CollectAsync();
    }

    private static async Task CollectAsync()
    {
        // Others may end meanwhile, and who has noted it may still be on its way out.
        await Task.Delay(Pause);
        Interlocked.Exchange(ref freed, 0);
        Interlocked.Exchange(ref pending, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
