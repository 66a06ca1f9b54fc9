using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>A chain that this agent has from its fleet.</summary>
internal sealed class HeldChain : IChainLease, IProgressReporter, IDisposable
{
    private readonly AgentOptions options;
    private readonly IProgressReporter reporter;
    private readonly Func<HeldChain, CancellationToken, Task> confirm;
    private readonly CancellationTokenSource lost = new(),
        ending;
    private readonly Lock gate = new();
    private ChainSign sign;

    /// <param name="lease">What the fleet gave.</param>
    /// <param name="options">How the agent works.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="confirm">Asks the fleet whether it is held still; it tells <see cref="Lose"/> or <see cref="Withdraw"/>.</param>
    /// <param name="interruption">The agent's end.</param>
    public HeldChain(
        ChainLease lease,
        AgentOptions options,
        IProgressReporter reporter,
        Func<HeldChain, CancellationToken, Task> confirm,
        CancellationToken interruption
    )
    {
        (Lease, this.options, this.reporter, this.confirm) = (lease, options, reporter, confirm);
        ending = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        sign = new() { Token = lease.Token };
        Fence = new("", lease.Token, Guid.NewGuid().ToString("N"));
        (Lost, Ending) = (lost.Token, ending.Token);
    }

    /// <summary>What the fleet gave.</summary>
    public ChainLease Lease { get; }

    /// <summary>The chain's name behind its sweep's, as the fleet knows it.</summary>
    public string Name => $"{Lease.Sweep}/{Lease.Chain}";

    /// <inheritdoc/>
    public ChainFence Fence { get; private set; }

    /// <inheritdoc/>
    public CancellationToken Lost { get; }

    /// <summary>Canceled where the agent ends, or the sweep was withdrawn: the stage saves and ends.</summary>
    public CancellationToken Ending { get; }

    /// <summary>The next sign of life.</summary>
    public ChainSign Sign
    {
        get
        {
            lock (gate)
                return sign;
        }
    }

    /// <summary>The chain was found: its fence lies there.</summary>
    public void Found(string fence) => Fence = Fence with { Path = fence };

    /// <summary>The lease is over.</summary>
    public void Lose() => Cancel(lost);

    /// <summary>The sweep was withdrawn.</summary>
    public void Withdraw() => Cancel(ending);

    /// <inheritdoc/>
    public async Task ConfirmAsync(CancellationToken cancellation)
    {
        await confirm(this, cancellation).ConfigureAwait(false);
        if (Lost.IsCancellationRequested)
            throw new ChainLostException();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public Task SettleAsync(CancellationToken cancellation) => Task.Delay(options.Settling, cancellation);

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        lock (gate)
            sign = new()
            {
                Token = Lease.Token,
                Images = done,
                AllImages = total,
                Latest = latest,
            };
        reporter.Report(task, done, total, left, latest);
    }

    /// <inheritdoc/>
    public void Say(string line) => reporter.Say(line);

    /// <inheritdoc/>
    public void Dispose()
    {
        lost.Dispose();
        ending.Dispose();
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its work has just ended.
        }
    }
}
