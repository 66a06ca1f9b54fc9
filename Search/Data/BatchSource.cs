using System.Diagnostics;
using System.Threading.Channels;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>
/// The batches of a plan, made ahead on other threads and handed out in order, epoch after epoch without end. However many
/// workers there are, the batches are the same.
/// </summary>
public sealed class BatchSource : IDisposable
{
    private readonly BatchPlan plan;
    private readonly Channel<Task<Batch>> ahead;
    private readonly SemaphoreSlim idle;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task producer;

    // Asked for and not handed out yet: a batch that failed, or whose wait was cancelled, stays here.
    private Task<Batch>? pending;
    private bool disposed;

    /// <summary>Starts making batches.</summary>
    /// <param name="plan">What the batches are.</param>
    /// <param name="start">The first step; a resumed run gives the step it stopped before.</param>
    /// <param name="workers">Batches that are made at the same time.</param>
    /// <param name="prefetch">Batches that are made or being made before they are asked for.</param>
    public BatchSource(BatchPlan plan, BatchPosition start = default, int workers = 1, int prefetch = 4)
    {
        this.plan = plan;
        idle = new SemaphoreSlim(workers);
        ahead = Channel.CreateBounded<Task<Batch>>(new BoundedChannelOptions(prefetch) { SingleReader = true, SingleWriter = true });
        producer = Task.Run(() => ProduceAsync(start));
    }

    /// <summary>Starts making the batches of a plan with the configuration's workers and prefetch.</summary>
    public BatchSource(BatchPlan plan, DataOptions options, BatchPosition start = default)
        : this(plan, start, options.Workers, options.Prefetch) { }

    /// <summary>Steps in an epoch.</summary>
    public int StepsPerEpoch => plan.StepsPerEpoch;

    /// <summary>How long <see cref="Next"/> has waited for batches in all: next to nothing where they are made fast enough.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The next batch; waits until it is made. Call it from one thread at a time.</summary>
    /// <exception cref="UserErrorException">A file of this batch is unusable; the source is then at its end and says so again.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Batch Next(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        long asked = Stopwatch.GetTimestamp();
        pending ??= ahead.Reader.ReadAsync(cancellation).AsTask().GetAwaiter().GetResult();
        Task.WaitAny([pending], cancellation);
        Batch batch = pending.GetAwaiter().GetResult();
        pending = null;
        Waited += Stopwatch.GetElapsedTime(asked);
        return batch;
    }

    /// <summary>Stops the workers and waits until they have.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        stopping.Cancel();
        producer.Wait();
        while (pending is not null || ahead.Reader.TryRead(out pending))
        {
            Task.WaitAny(pending);
            pending = null;
        }
        idle.Dispose();
        stopping.Dispose();
    }

    private async Task ProduceAsync(BatchPosition position)
    {
        try
        {
            // A task takes its place in the channel before it is done: order is kept, and the channel's bound is the prefetch.
            for (; ; position = plan.After(position))
            {
                await ahead.Writer.WaitToWriteAsync(stopping.Token);
                await idle.WaitAsync(stopping.Token);
                ahead.Writer.TryWrite(MakeAsync(position));
            }
        }
        catch (OperationCanceledException) { }
    }

    private Task<Batch> MakeAsync(BatchPosition position) =>
        Task.Run(() =>
        {
            try
            {
                return plan.Make(position, stopping.Token);
            }
            finally
            {
                idle.Release();
            }
        });
}
