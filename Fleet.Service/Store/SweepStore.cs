namespace FasterSeg.Fleet.Service.Store;

/// <summary>The sweeps in a fleet's database. Where that cannot be reached, methods throw
/// <see cref="FasterSeg.Profiler.Service.Store.StoreUnavailableException"/>.</summary>
internal sealed class SweepStore(FleetDatabase database, TimeProvider time) : ISweepStore
{
    private readonly SweepRecords sweeps = new(database, time);
    private readonly ChainRecords chains = new(database);

    public Task<SweepRow> AddAsync(NewSweep sweep, bool again, CancellationToken cancellation = default) =>
        sweeps.AddAsync(sweep, again, cancellation);

    public Task<IReadOnlyList<SweepRow>> SweepsAsync(CancellationToken cancellation = default) => sweeps.SweepsAsync(cancellation);

    public Task<SweepRow?> SweepAsync(string idOrMark, CancellationToken cancellation = default) =>
        sweeps.SweepAsync(idOrMark, cancellation);

    public Task<IReadOnlyList<ChainRow>> ChainsAsync(string sweep, CancellationToken cancellation = default) =>
        chains.ChainsAsync(sweep, cancellation);

    public Task<bool> WithdrawAsync(string sweep, CancellationToken cancellation = default) => sweeps.WithdrawAsync(sweep, cancellation);

    public Task<LeasedChain?> TakeAsync(ChainAsk ask, CancellationToken cancellation = default) => chains.TakeAsync(ask, cancellation);

    public Task<ChainSigns> RenewAsync(IReadOnlyList<ChainBeat> beats, CancellationToken cancellation = default) =>
        chains.RenewAsync(beats, cancellation);

    public Task<bool> EndAsync(long token, ChainStanding standing, string message, CancellationToken cancellation = default) =>
        chains.EndAsync(token, standing, message, cancellation);

    public Task GiveBackAsync(long token, string reason, CancellationToken cancellation = default) =>
        chains.GiveBackAsync(token, reason, cancellation);

    public Task<IReadOnlyList<ChainPulse>> LeasedAsync(CancellationToken cancellation = default) => chains.LeasedAsync(cancellation);

    public Task<int> LapseAsync(IReadOnlyList<ChainPulse> silent, string reason, CancellationToken cancellation = default) =>
        chains.LapseAsync(silent, reason, cancellation);
}
