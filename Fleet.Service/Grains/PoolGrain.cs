using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using Orleans.Concurrency;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>A pool's mind in the cluster. Calls that wait for work do not keep others out; the mind lets one at a time decide.</summary>
[Reentrant]
internal sealed class PoolGrain(IFleetStore store, SchedulingRules rules, TimeProvider time, ILogger<PoolGrain> logger) : Grain, IPool
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private PoolMind mind = null!;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        mind = new PoolMind(this.GetPrimaryKeyString(), store, rules, time, logger);
        this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Tick) { KeepAlive = true, Interleave = true });
        await base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        mind.Dispose();
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<StintOffer?> TakeAsync(string device, TimeSpan wait)
    {
        Task changed = mind.Changed,
            over = Task.Delay(wait, time);
        if (await mind.TakeAsync(device) is { } offer)
            return offer;
        // Who is woken asks again: a call that was given up meanwhile must not take work that nobody would do.
        await Task.WhenAny(changed, over);
        return null;
    }

    /// <inheritdoc/>
    public async Task LookAsync(string? ended)
    {
        mind.Look();
        if (ended is null)
            return;
        foreach (Lease lease in mind.LeasesOf(ended))
            await GrainFactory.GetGrain<IDevice>(lease.Device).RevokeAsync(lease.Token);
    }

    /// <inheritdoc/>
    public Task SignAsync(IReadOnlyList<DeviceSign> signs) => mind.SignAsync(signs);

    /// <inheritdoc/>
    public Task KeptAsync(IReadOnlyList<long> tokens)
    {
        foreach (long token in tokens)
            mind.Kept(token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task GoneAsync(string device)
    {
        mind.Gone(device);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task EndAsync(long token, string device, string job, IReadOnlyList<double> sentinelMs, string? loaded)
    {
        // Else it counts its items itself, from time to time.
        if (await mind.EndAsync(token, device, job, sentinelMs, loaded))
            await GrainFactory.GetGrain<ITableJob>(job).LookAsync();
    }

    /// <inheritdoc/>
    public Task CompareAsync(string device, string settings, IReadOnlyList<KeyedEntry> entries, string? loaded) =>
        mind.CompareAsync(device, settings, [.. entries.Select(each => (each.Key, each.Entry))], loaded);

    /// <inheritdoc/>
    public Task<int> ReadyAsync() => Task.FromResult(mind.Ready);

    /// <inheritdoc/>
    public Task<string?> PausedAsync(string job) => mind.PausedAsync(job);

    private async Task SweepAsync(CancellationToken cancellation)
    {
        try
        {
            (IReadOnlyList<Lease> lapsed, IReadOnlyList<string> ended) = await mind.SweepAsync();
            foreach (Lease lease in lapsed)
                await GrainFactory.GetGrain<IDevice>(lease.Device).RevokeAsync(lease.Token);
            foreach (string job in ended)
                await GrainFactory.GetGrain<ITableJob>(job).LookAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The next tick tries again: the store may be away.
            logger.LogWarning("The pool cannot be looked through at present: {Reason}", fault.Message);
        }
    }
}
