using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// Empties a processor's caches by writing through twice the size of the largest one. It does so on the calling thread, so that with
/// several threads a core's own small caches may stay warm.
/// </summary>
/// <param name="bytes">Bytes to write through.</param>
public sealed class CpuCacheFlush(long bytes) : ICacheFlush
{
    private const int LineBytes = 64;
    private const long LargestKnown = 32L << 20;

    // Only whoever asks for cold caches pays for it.
    private readonly Lazy<byte[]> buffer = new(() =>
        GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes, int.MaxValue / 2), pinned: true)
    );

    /// <summary>For this machine's caches, or for 32 MiB where nobody knows them.</summary>
    public static CpuCacheFlush ForThisMachine() => new(2 * Math.Max(LargestKnown, CpuFacts.LargestCacheBytes()));

    /// <inheritdoc/>
    public void Flush()
    {
        byte[] memory = buffer.Value;
        for (int i = 0; i < memory.Length; i += LineBytes)
            memory[i]++;
    }
}
