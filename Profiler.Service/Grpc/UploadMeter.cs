using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>One upload's messages, counted against the <see cref="UploadBudget"/> of all.</summary>
public sealed class UploadMeter : IAsyncStreamReader<Proto.MeasureModelRequest>, IDisposable
{
    private readonly UploadBudget budget;
    private readonly string client;
    private readonly IAsyncStreamReader<Proto.MeasureModelRequest> stream;
    private long taken;
    private long file;

    internal UploadMeter(UploadBudget budget, string client, IAsyncStreamReader<Proto.MeasureModelRequest> stream)
    {
        this.budget = budget;
        this.client = client;
        this.stream = stream;
        Take(UploadBudget.ReceivingBytes);
    }

    /// <inheritdoc/>
    public Proto.MeasureModelRequest Current => stream.Current;

    /// <inheritdoc/>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the client's uploads take too much together.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!await stream.MoveNext(cancellationToken))
        {
            // From here on there is the file alone.
            Return(taken - file);
            return false;
        }
        int bytes = stream.Current.Chunk.Length;
        Take(bytes);
        file += bytes;
        return true;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose()
    {
        ManagedHeap.NoteFreed(taken);
        Return(taken);
    }

    private void Take(long bytes)
    {
        budget.Take(client, bytes);
        taken += bytes;
    }

    private void Return(long bytes)
    {
        budget.Return(client, bytes);
        taken -= bytes;
    }
}
