namespace FasterSeg.Fleet.Service.Store;

/// <summary>The sweeps of a fleet and who works on their chains. As in <see cref="IFleetStore"/>, every method is one transaction, may be
/// called again where its answer got lost, and changes nothing that another lease's token holds.</summary>
internal interface ISweepStore
{
    /// <summary>Adds a sweep, or opens it again: chains that failed wait anew, and where it is said, those that were refused; what is
    /// done stays done.</summary>
    /// <returns>The sweep; another place in it than the one that was named is where it was added before, and nothing has
    /// changed.</returns>
    Task<SweepRow> AddAsync(NewSweep sweep, bool again, CancellationToken cancellation = default);

    /// <summary>All sweeps, the oldest first.</summary>
    Task<IReadOnlyList<SweepRow>> SweepsAsync(CancellationToken cancellation = default);

    /// <summary>The sweep of an id or a mark, or null.</summary>
    Task<SweepRow?> SweepAsync(string idOrMark, CancellationToken cancellation = default);

    /// <summary>A sweep's chains, in their order.</summary>
    Task<IReadOnlyList<ChainRow>> ChainsAsync(string sweep, CancellationToken cancellation = default);

    /// <summary>Hands out nothing more of a sweep.</summary>
    /// <returns>False where there is none.</returns>
    Task<bool> WithdrawAsync(string sweep, CancellationToken cancellation = default);

    /// <summary>Leases a chain that waits: of the owner with the fewest in work, then of the oldest sweep.</summary>
    /// <returns>The lease, the same where the same ask has one already; null where no chain waits.</returns>
    Task<LeasedChain?> TakeAsync(ChainAsk ask, CancellationToken cancellation = default);

    /// <summary>Keeps leases alive.</summary>
    Task<ChainSigns> RenewAsync(IReadOnlyList<ChainBeat> beats, CancellationToken cancellation = default);

    /// <summary>Ends a chain that a lease holds.</summary>
    /// <returns>Whether this lease has ended it, now or at an earlier call.</returns>
    Task<bool> EndAsync(long token, ChainStanding standing, string message, CancellationToken cancellation = default);

    /// <summary>A chain that a lease holds waits again.</summary>
    Task GiveBackAsync(long token, string reason, CancellationToken cancellation = default);

    /// <summary>The leases.</summary>
    Task<IReadOnlyList<ChainPulse>> LeasedAsync(CancellationToken cancellation = default);

    /// <summary>Takes leases away, where they have given no sign beyond these.</summary>
    /// <returns>How many.</returns>
    Task<int> LapseAsync(IReadOnlyList<ChainPulse> silent, string reason, CancellationToken cancellation = default);
}
