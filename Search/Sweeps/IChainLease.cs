namespace FasterSeg.Search.Sweeps;

/// <summary>The right to work on a chain, which a fleet has given and may take away.</summary>
public interface IChainLease
{
    /// <summary>Keeps who had the chain before from writing.</summary>
    ChainFence Fence { get; }

    /// <summary>Canceled where the lease is over: the stage's process is ended at once then, and nothing is written.</summary>
    CancellationToken Lost { get; }

    /// <summary>Waits until the fleet says that the lease is still held.</summary>
    /// <exception cref="ChainLostException">It is not.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    Task ConfirmAsync(CancellationToken cancellation);

    /// <summary>Waits until who had the chain before must have seen that it is another's.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    Task SettleAsync(CancellationToken cancellation);
}
