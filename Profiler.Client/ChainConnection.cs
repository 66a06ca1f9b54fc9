using FasterSeg.Latency;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>An agent's connection to its fleet. Keys and certificates come from the environment variables of profilers' clients.</summary>
public sealed class ChainConnection : IChainFleet, IDisposable
{
    private readonly FleetNodes nodes;

    private ChainConnection(FleetNodes nodes) => this.nodes = nodes;

    /// <summary>Names the fleet; nothing is sent yet.</summary>
    /// <param name="urls">Addresses of its nodes, with commas between them.</param>
    /// <exception cref="UsageException">One is no URL.</exception>
    public static ChainConnection Open(string urls) => new(new FleetNodes(urls));

    /// <inheritdoc/>
    public Task<TakeResponse> TakeAsync(TakeRequest request, CancellationToken cancellation) =>
        nodes.CallAsync((channel, options) => new ChainService.ChainServiceClient(channel).TakeAsync(request, options), cancellation);

    /// <inheritdoc/>
    public Task<RenewResponse> RenewAsync(RenewRequest request, CancellationToken cancellation) =>
        nodes.CallAsync((channel, options) => new ChainService.ChainServiceClient(channel).RenewAsync(request, options), cancellation);

    /// <inheritdoc/>
    public Task<ReportResponse> ReportAsync(ReportRequest request, CancellationToken cancellation) =>
        nodes.CallAsync((channel, options) => new ChainService.ChainServiceClient(channel).ReportAsync(request, options), cancellation);

    /// <inheritdoc/>
    public Task<GiveBackResponse> GiveBackAsync(GiveBackRequest request, CancellationToken cancellation) =>
        nodes.CallAsync((channel, options) => new ChainService.ChainServiceClient(channel).GiveBackAsync(request, options), cancellation);

    /// <inheritdoc/>
    public void Dispose() => nodes.Dispose();
}
