using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Takes chains from agents that have given no sign for a term. Each node does so by its own clock; the first of them is
/// enough.</summary>
internal sealed class ChainUpkeep(ISweepStore store, SchedulingRules rules, TimeProvider time, ILogger<ChainUpkeep> logger)
    : BackgroundService
{
    private const int LooksOfATerm = 6;

    private const string Silent = "its agent was not heard of in time";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var terms = new ChainTerms(rules.ChainTerm, time);
        while (true)
        {
            await Task.Delay(rules.ChainTerm / LooksOfATerm, time, stoppingToken);
            try
            {
                IReadOnlyList<ChainPulse> lapsed = terms.Lapsed(await store.LeasedAsync(stoppingToken));
                if (lapsed.Count > 0 && await store.LapseAsync(lapsed, Silent, stoppingToken) is > 0 and int chains)
                    logger.LogWarning("{Chains} chains wait again: their agents were not heard of in time", chains);
            }
            catch (StoreUnavailableException)
            {
                // Its clients tell.
                terms.Restart();
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("The leases of chains cannot be looked at: {Reason}", fault.Message);
                terms.Restart();
            }
        }
    }
}
