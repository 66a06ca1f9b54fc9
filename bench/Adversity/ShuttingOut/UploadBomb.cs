using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>A model that consists of empty nodes, and one of nothing but weights.</summary>
internal static class UploadBomb
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>A graph of empty nodes: two bytes each.</summary>
    public static byte[] OfNodes(int bytes) => Model(bytes, inner: [], fill: [0x0a, 0x00]);

    /// <summary>A graph of one initializer with raw data, which says nothing of its sides: no run comes of it.</summary>
    public static byte[] OfWeights(int bytes) => Model(bytes, inner: [0x2a], fill: [0x4a]);

    /// <summary>Uploads it.</summary>
    /// <returns>How it ended.</returns>
    public static async Task<StatusCode> SendAsync(
        GrpcChannel channel,
        byte[] model,
        CancellationToken cancellation,
        MeasureModelOptions? options = null
    )
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = new ProfilerService.ProfilerServiceClient(
            channel
        ).MeasureModel(cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(new() { Options = options ?? new() { Name = "bomb" } }, cancellation);
            for (int at = 0; at < model.Length; at += ChunkBytes)
            {
                var chunk = new ReadOnlyMemory<byte>(model, at, Math.Min(ChunkBytes, model.Length - at));
                await call.RequestStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellation);
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception early) when (early is RpcException or InvalidOperationException)
        {
            // It has its answer.
        }
        try
        {
            await call.ResponseAsync;
            return StatusCode.OK;
        }
        catch (RpcException fault)
        {
            return fault.StatusCode;
        }
    }

    private static byte[] Model(int bytes, byte[] inner, byte[] fill)
    {
        using var file = new MemoryStream();
        using var output = new CodedOutputStream(file);
        int content = bytes / 2 * 2;
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        if (inner.Length == 0)
        {
            output.WriteLength(content);
            output.Flush();
            for (int at = 0; at < content; at += fill.Length)
                file.Write(fill);
            return file.ToArray();
        }
        int tensor = 1 + CodedOutputStream.ComputeLengthSize(content) + content;
        output.WriteLength(1 + CodedOutputStream.ComputeLengthSize(tensor) + tensor);
        output.WriteRawTag(inner[0]);
        output.WriteLength(tensor);
        output.WriteRawTag(fill[0]);
        output.WriteLength(content);
        output.Flush();
        file.Write(new byte[content]);
        return file.ToArray();
    }
}
