using FasterSeg.Profiler.Service.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>Unhealthy while the store keeps nothing: it is gone, damaged, or on a full disk.</summary>
public sealed class StoreHealthCheck(ProfilerDatabase database, StoreHealth health) : IHealthCheck
{
    /// <summary>Name of the check.</summary>
    public const string Name = "store";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            database.RequirePlace();
        }
        catch (StoreUnavailableException)
        {
            // Now the health says so.
        }
        return Task.FromResult(health.Reason is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
    }
}
