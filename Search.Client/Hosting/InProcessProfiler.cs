using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Search.Client.Hosting;

/// <summary>Hosts the profiler's service inside this program: the same contract, over a loopback socket, on the CPU.</summary>
internal static class InProcessProfiler
{
    /// <summary>Starts it on any free port.</summary>
    /// <param name="hasOption">Whether the command can name another profiler, where that one has the device.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its address, and what ends it.</returns>
    /// <exception cref="UsageException">
    /// A limit in the environment (<c>FASTERSEG_SERVICE_BUILD_SECONDS</c> and the like) is wrong.
    /// </exception>
    public static async Task<(Uri Address, IAsyncDisposable Host)> StartAsync(bool hasOption, CancellationToken cancellationToken)
    {
        try
        {
            RunningProfiler profiler = await ProfilerHost
                .StartLoopbackAsync(ServiceConfiguration.LoadHosted(), cancellationToken)
                .ConfigureAwait(false);
            return (profiler.Address, profiler);
        }
        catch (DeviceHeldException held) when (!hasOption)
        {
            throw new UserErrorException(held.WithoutOption, held);
        }
    }
}
