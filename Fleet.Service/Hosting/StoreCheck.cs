using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Whether the store answers, and takes what is to be kept.</summary>
internal sealed class StoreCheck(IFleetStore store, ResultWriter writer) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.PoolsAsync(cancellationToken);
            // A full disk can be read.
            return writer.Stalled is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException away)
        {
            return HealthCheckResult.Unhealthy(away.Message);
        }
    }
}
