using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Whether the store answers.</summary>
internal sealed class StoreCheck(IFleetStore store) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.PoolsAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException away)
        {
            return HealthCheckResult.Unhealthy(away.Message);
        }
    }
}
