using Google.Protobuf;
using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>Streams an ONNX file to a profiler: the options first, then the file in chunks.</summary>
internal static class ModelUploader
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Sends everything and waits for the answer.</summary>
    public static async Task<Proto.MeasureModelResponse> SendAsync(
        AsyncClientStreamingCall<Proto.MeasureModelRequest, Proto.MeasureModelResponse> call,
        Proto.MeasureModelOptions options,
        ReadOnlyMemory<byte> model,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await WriteAsync(call, new Proto.MeasureModelRequest { Options = options }, cancellationToken).ConfigureAwait(false);
            for (int at = 0; at < model.Length; at += ChunkBytes)
            {
                ReadOnlyMemory<byte> chunk = model.Slice(at, Math.Min(ChunkBytes, model.Length - at));
                var message = new Proto.MeasureModelRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) };
                if (!await WriteAsync(call, message, cancellationToken).ConfigureAwait(false))
                    break;
            }
            if (!call.ResponseAsync.IsCompleted)
                await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is RpcException or InvalidOperationException or IOException && !cancellationToken.IsCancellationRequested)
        {
            // A profiler that has its answer before the upload's end, a refusal mostly, reads no further: the answer counts, the broken
            // write does not.
        }
        return await call.ResponseAsync.ConfigureAwait(false);
    }

    /// <summary>Sends a message; false where the answer came first, because then nobody reads on and the message may never leave.</summary>
    private static async Task<bool> WriteAsync(
        AsyncClientStreamingCall<Proto.MeasureModelRequest, Proto.MeasureModelResponse> call,
        Proto.MeasureModelRequest message,
        CancellationToken cancellationToken
    )
    {
        Task write = call.RequestStream.WriteAsync(message, cancellationToken);
        if (await Task.WhenAny(write, call.ResponseAsync).ConfigureAwait(false) != write)
            return false;
        await write.ConfigureAwait(false);
        return true;
    }
}
