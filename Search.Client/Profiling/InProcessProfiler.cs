using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Search.Client.Profiling;

/// <summary>Hosts the profiler's service inside this program: the same contract, over a loopback socket, on the CPU.</summary>
internal static class InProcessProfiler
{
    /// <summary>Starts it on any free port.</summary>
    /// <returns>Its address, and what ends it.</returns>
    public static async Task<(Uri Address, IAsyncDisposable Host)> StartAsync(CancellationToken cancellationToken)
    {
        RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(new ProfilerHostOptions(), cancellationToken).ConfigureAwait(false);
        return (profiler.Address, profiler);
    }
}
