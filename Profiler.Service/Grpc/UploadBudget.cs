using FasterSeg.Profiler.Service.Security;
using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// What requests may take of the service's memory, all of them together: uploaded models above all, of which each may have 256 MiB and
/// waits for its turn on the device. Clients share it (<see cref="Shares"/>).
/// </summary>
/// <param name="mostBytes">Bytes of all requests that are not yet answered.</param>
public sealed class UploadBudget(long mostBytes = UploadBudget.MostBytes)
{
    /// <summary>The default.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>What an upload takes beside its file while it comes: the message that is coming (4 MiB at most), the one that is being
    /// read, and one that the collector has not found yet.</summary>
    public const long ReceivingBytes = 12L << 20;

    private readonly Shares shares = new(mostBytes);

    /// <summary>Bytes that are taken.</summary>
    public long Used => shares.Total;

    /// <summary>The budget where a model may have so many bytes: one client gets two of them in.</summary>
    public static UploadBudget For(long largestModel) => new(Math.Max(MostBytes, 4 * largestModel));

    /// <summary>An upload that counts against the budget until it is disposed of.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="stream">Its messages.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the client's uploads take too much together.</exception>
    public UploadMeter Meter(string client, IAsyncStreamReader<Proto.MeasureModelRequest> stream) => new(this, client, stream);

    /// <summary>Takes bytes for a client.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: they are more than its share.</exception>
    internal void Take(string client, long bytes)
    {
        if (!shares.TryTake(client, bytes))
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    "The profiler has as many uploaded models of this client to measure as it takes: send this one again later."
                )
            );
    }

    internal void Return(string client, long bytes) => shares.Return(client, bytes);
}
