using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using Orleans.Concurrency;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>A job's mind in the cluster.</summary>
[Reentrant]
internal sealed class TableJobGrain(IFleetStore store, TableFinisher finisher, TimeProvider time) : Grain, ITableJob
{
    private JobMind mind = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        mind = new JobMind(this.GetPrimaryKeyString(), store, finisher.FinishAsync, time);
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task KeptAsync(IReadOnlyList<KeptEntry> entries) => mind.KeptAsync(entries);

    /// <inheritdoc/>
    public Task LookAsync() => mind.LookAsync();

    /// <inheritdoc/>
    public Task<JobNews?> NewsAsync(long behind, TimeSpan wait) => mind.NewsAsync(behind, wait);
}
