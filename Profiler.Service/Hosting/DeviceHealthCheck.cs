using FasterSeg.Profiler.Service.Jobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>Unhealthy while the device is lost.</summary>
public sealed class DeviceHealthCheck(DeviceHealth health) : IHealthCheck
{
    /// <summary>Name of the check.</summary>
    public const string Name = "device";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(health.Reason is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
}
