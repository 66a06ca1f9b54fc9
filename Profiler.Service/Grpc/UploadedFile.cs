using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// A file that comes in chunks, in as little more memory than its bytes as can be: large chunks are kept as they came, small ones are put
/// together.
/// </summary>
internal sealed class UploadedFile
{
    private const int LargeChunk = 64 << 10,
        SmallestBlock = 4 << 10;

    private readonly List<ReadOnlyMemory<byte>> parts = [];

    // Small chunks gather here.
    private byte[] block = [];
    private int filled;

    /// <summary>Bytes that have come.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the next chunk.</summary>
    public void Add(ByteString chunk)
    {
        Length += chunk.Length;
        if (chunk.Length >= LargeChunk)
        {
            Close();
            parts.Add(chunk.Memory);
            return;
        }
        ReadOnlySpan<byte> left = chunk.Span;
        while (left.Length > 0)
        {
            if (filled == block.Length)
            {
                Close();
                // A small file takes little, a large one has few pieces.
                block = new byte[Math.Clamp(Length, SmallestBlock, LargeChunk)];
            }
            int step = Math.Min(left.Length, block.Length - filled);
            left[..step].CopyTo(block.AsSpan(filled));
            filled += step;
            left = left[step..];
        }
    }

    /// <summary>All that has come, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ToParts()
    {
        Close();
        return parts;
    }

    private void Close()
    {
        if (filled > 0)
            parts.Add(block.AsMemory(0, filled));
        (block, filled) = ([], 0);
    }
}
