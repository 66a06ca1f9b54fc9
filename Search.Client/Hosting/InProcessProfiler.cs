using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Search.Client.Hosting;

/// <summary>Hosts the profiler's service inside this program: the same contract, over a loopback socket, on the CPU.</summary>
internal static class InProcessProfiler
{
    /// <summary>Starts it on any free port.</summary>
    /// <returns>Its address, and what ends it.</returns>
    /// <exception cref="Latency.UsageException">
    /// A limit in the environment (<c>FASTERSEG_SERVICE_BUILD_SECONDS</c> and the like) is wrong.
    /// </exception>
    public static async Task<(Uri Address, IAsyncDisposable Host)> StartAsync(CancellationToken cancellationToken)
    {
        RunningProfiler profiler = await ProfilerHost
            .StartLoopbackAsync(ServiceConfiguration.LoadHosted(), cancellationToken)
            .ConfigureAwait(false);
        return (profiler.Address, profiler);
    }
}
