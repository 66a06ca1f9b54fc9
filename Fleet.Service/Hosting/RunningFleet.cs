using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>A node that answers calls, until it is disposed of.</summary>
internal sealed class RunningFleet(WebApplication application, FleetOptions options, IDisposable? held) : IAsyncDisposable
{
    // The host's own time to stop is 10 s.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

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

    /// <summary>Waits until the program is asked to end, or the other nodes shut this one out.</summary>
    /// <returns>True where it is shut out: it is to be disposed of, and another one started.</returns>
    public async Task<bool> WaitForEndAsync()
    {
        await application.WaitForShutdownAsync();
        return Services.GetRequiredService<ShutOut>().HasHappened;
    }

    /// <summary>Stops answering; a node that is shut out may not be able to.</summary>
    /// <exception cref="UserErrorException">It could not.</exception>
    public async Task EndAsync(bool isShutOut)
    {
        try
        {
            await DisposeAsync().AsTask().WaitAsync(isShutOut ? LongestEnd : Timeout.InfiniteTimeSpan);
        }
        catch (Exception fault) when (isShutOut && fault is not UserErrorException)
        {
            throw new UserErrorException(
                "The other nodes took this one for dead, and it cannot begin anew by itself: start it again.",
                fault
            );
        }
    }

    /// <summary>Leaves the cluster and stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        FleetStore store = Services.GetRequiredService<FleetStore>();
        await application.StopAsync();
        await application.DisposeAsync();
        await store.DisposeAsync();
        held?.Dispose();
    }
}
