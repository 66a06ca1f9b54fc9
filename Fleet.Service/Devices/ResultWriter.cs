using System.Threading.Channels;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>
/// Keeps results in groups: while one transaction is on its way to the disk, what comes in waits for the next. Where the store is away,
/// results wait for it; who sent them keeps them too until it is told.
/// </summary>
internal sealed class ResultWriter(IFleetStore store, TimeProvider time, ILogger<ResultWriter> logger) : BackgroundService
{
    private const int Most = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200),
        LongestPause = TimeSpan.FromSeconds(2);

    private sealed record Waiting(ItemResult Result, TaskCompletionSource<CommitOutcome> Outcome);

    private readonly Channel<Waiting> waiting = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });

    /// <summary>Why results wait for the store, a sentence; null where they do not.</summary>
    public string? Stalled { get; private set; }

    /// <summary>Keeps a result and tells what became of it, once that is for good.</summary>
    public async Task<CommitOutcome> KeepAsync(ItemResult result, CancellationToken cancellation)
    {
        var one = new Waiting(result, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await waiting.Writer.WriteAsync(one, cancellation);
        return await one.Outcome.Task.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<Waiting>();
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (group.Count < Most && waiting.Reader.TryRead(out Waiting? one))
                group.Add(one);
            IReadOnlyList<CommitOutcome> outcomes = await CommitAsync([.. group.Select(each => each.Result)], stoppingToken);
            for (int i = 0; i < group.Count; i++)
                group[i].Outcome.SetResult(outcomes[i]);
            group.Clear();
        }
    }

    private async Task<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<ItemResult> results, CancellationToken cancellation)
    {
        TimeSpan pause = Pause;
        while (true)
        {
            try
            {
                IReadOnlyList<CommitOutcome> outcomes = await store.CommitAsync(results, cancellation);
                Stalled = null;
                return outcomes;
            }
            catch (StoreUnavailableException away)
            {
                Stalled = away.Message;
                logger.LogWarning("{Count} results wait for the store: {Reason}", results.Count, away.Message);
            }
            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
