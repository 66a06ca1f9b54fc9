namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>The lifetime of a host inside another program: it starts and stops when told, and listens to no signal.</summary>
public sealed class GuestLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
