using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>A table's file as an answer.</summary>
internal static class TableChunks
{
    /// <summary>Largest chunk of a table, bytes.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Sends it in chunks, in order.</summary>
    public static async Task SendAsync(
        ReadOnlyMemory<byte> json,
        IServerStreamWriter<GetTableResponse> stream,
        CancellationToken cancellation
    )
    {
        for (int offset = 0; offset < json.Length; offset += MostBytes)
        {
            ReadOnlyMemory<byte> chunk = json.Slice(offset, Math.Min(MostBytes, json.Length - offset));
            await stream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellation);
        }
    }
}
