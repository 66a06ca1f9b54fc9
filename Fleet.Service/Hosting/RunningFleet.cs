namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>A node that answers calls, until it is disposed of.</summary>
internal sealed class RunningFleet(WebApplication application, FleetOptions options, IDisposable? held) : IAsyncDisposable
{
    /// <summary>Where it answers, e.g. <c>http://127.0.0.1:5250</c>.</summary>
    public Uri Address { get; } = new(application.Urls.First());

    /// <summary>Its parts.</summary>
    public IServiceProvider Services => application.Services;

    /// <summary>Tells whoever started the program where it answers.</summary>
    public void Announce() =>
        Console.WriteLine(
            $"The fleet listens on {Address} and keeps what happens in "
                + (options.HasServer ? "its PostgreSQL" : options.Store)
                + $".\nDevices join it with: fasterseg-profiler --join {Address.ToString().TrimEnd('/')}"
        );

    /// <summary>Waits until the program is asked to end.</summary>
    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    /// <summary>Leaves the cluster and stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
        held?.Dispose();
    }
}
