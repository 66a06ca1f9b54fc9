using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>One upload's messages, counted against the <see cref="UploadBudget"/> of all.</summary>
public sealed class UploadMeter : IAsyncStreamReader<Proto.MeasureModelRequest>, IDisposable
{
    private readonly UploadBudget budget;
    private readonly IAsyncStreamReader<Proto.MeasureModelRequest> stream;
    private long taken;

    internal UploadMeter(UploadBudget budget, IAsyncStreamReader<Proto.MeasureModelRequest> stream)
    {
        this.budget = budget;
        this.stream = stream;
    }

    /// <inheritdoc/>
    public Proto.MeasureModelRequest Current => stream.Current;

    /// <inheritdoc/>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the uploads take too much together. DEADLINE_EXCEEDED: nothing came for too
    /// long.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(UploadBudget.Patience, budget.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            if (!await stream.MoveNext(either.Token))
                return false;
        }
        catch (Exception end)
            when (silence.IsCancellationRequested
                && !cancellationToken.IsCancellationRequested
                && end is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
            )
        {
            throw new RpcException(
                new Status(
                    StatusCode.DeadlineExceeded,
                    $"Nothing came of the model for {UploadBudget.Patience.TotalSeconds:0} s: send it again, without pauses."
                )
            );
        }
        int bytes = stream.Current.Chunk.Length;
        if (!budget.TryTake(bytes))
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    "The profiler has as many uploaded models to measure as it takes: send this one again later."
                )
            );
        taken += bytes;
        return true;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose()
    {
        budget.Return(taken);
        taken = 0;
    }
}
