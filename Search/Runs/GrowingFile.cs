using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>A file that grows at its end. What a full disk does not take waits; nothing is lost or twice there. Others may read it
/// meanwhile.</summary>
internal sealed class GrowingFile : IDisposable
{
    private readonly FileStream file;
    private readonly MemoryStream pending = new();
    private long length;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it must be there, or must not.</param>
    public GrowingFile(string path, FileMode mode)
    {
        file = new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        length = file.Length;
    }

    /// <summary>Adds bytes, for <see cref="Flush"/> to write.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => pending.Write(bytes);

    /// <summary>Brings to the disk what did not reach it yet. May be repeated where it failed.</summary>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public void Flush()
    {
        if (pending.Length == 0)
            return;
        FileFence.Pass();
        // What an attempt that failed left behind.
        file.SetLength(length);
        file.Position = length;
        file.Write(pending.GetBuffer().AsSpan(0, (int)pending.Length));
        length += pending.Length;
        pending.SetLength(0);
    }

    /// <summary>Closes the file; what was not written is lost.</summary>
    public void Dispose() => file.Dispose();
}
