using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Drops what is too old, soon after the start and then each hour; nodes that do so at a time do it once.</summary>
internal sealed class Upkeep(IFleetStore store, FleetRetention retention, TimeProvider time, ILogger<Upkeep> logger) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1),
        Then = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(First, time, stoppingToken);
        while (true)
        {
            try
            {
                await store.DropOldAsync(retention, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("What is too old cannot be dropped at present: {Reason}", fault.Message);
            }
            await Task.Delay(Then, time, stoppingToken);
        }
    }
}
