using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>Stints as messages.</summary>
internal static class StintMessages
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Sends a stint, a model's with its file.</summary>
    /// <returns>False where the file is gone.</returns>
    public static async Task<bool> SendAsync(StintOffer offer, IFleetStore store, Action<FleetMessage> send)
    {
        if (offer.File is null)
        {
            send(new() { Stint = Of(offer) });
            return true;
        }
        if (await store.FileAsync(offer.File) is not { } file)
            return false;
        (MeasureModelOptions options, ReadOnlyMemory<byte> onnx) = ReadFile(file);
        send(
            new()
            {
                Model = new()
                {
                    Lease = offer.Token,
                    JobId = offer.Job,
                    Position = offer.Items[0].Position,
                    Options = options,
                    Bytes = onnx.Length,
                },
            }
        );
        for (int at = 0; at < onnx.Length; at += ChunkBytes)
            send(new() { Chunk = UnsafeByteOperations.UnsafeWrap(onnx.Slice(at, Math.Min(ChunkBytes, onnx.Length - at))) });
        return true;
    }

    /// <summary>A model's file as the store keeps it: what was asked for, then the file.</summary>
    public static byte[] WriteFile(MeasureModelOptions options, IEnumerable<ReadOnlyMemory<byte>> onnx)
    {
        using var file = new MemoryStream();
        options.WriteDelimitedTo(file);
        foreach (ReadOnlyMemory<byte> part in onnx)
            file.Write(part.Span);
        return file.ToArray();
    }

    private static (MeasureModelOptions Options, ReadOnlyMemory<byte> Onnx) ReadFile(byte[] file)
    {
        using var stream = new MemoryStream(file);
        MeasureModelOptions options = MeasureModelOptions.Parser.ParseDelimitedFrom(stream);
        return (options, file.AsMemory((int)stream.Position));
    }

    private static Stint Of(StintOffer offer) =>
        new()
        {
            Lease = offer.Token,
            JobId = offer.Job,
            Space = offer.Space is { } space ? LatencyTableJson.ParseSpace(space, "a job").ToMessage() : null,
            Options = Way.Read(offer.Settings).ToMessage(),
            Items = { offer.Items.Select(item => new StintItem { Position = item.Position, Key = item.Key }) },
        };
}
