using FasterSeg.Latency;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Profiler.Client;

/// <summary>A fleet's sweeps, as people hand them to it and look at them. Keys and certificates come from the environment variables of
/// profilers' clients.</summary>
public sealed class SweepConnection : IDisposable
{
    private readonly FleetNodes nodes;

    private SweepConnection(FleetNodes nodes) => this.nodes = nodes;

    /// <summary>The fleet's addresses, for people.</summary>
    public string Name => nodes.Name;

    /// <summary>Names the fleet; nothing is sent yet.</summary>
    /// <param name="urls">Addresses of its nodes, with commas between them.</param>
    /// <exception cref="UsageException">One is no URL.</exception>
    public static SweepConnection Open(string urls) => new(new FleetNodes(urls));

    /// <summary>Adds a sweep, or opens it again.</summary>
    /// <param name="request">The sweep.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">The fleet refuses it, or is not there.</exception>
    public async Task<FleetSweep> AddAsync(AddSweepRequest request, CancellationToken cancellationToken = default) =>
        (await CallAsync((client, options) => client.AddSweepAsync(request, options), cancellationToken).ConfigureAwait(false)).Sweep;

    /// <summary>All sweeps, the oldest first.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no fleet.</exception>
    public async Task<IReadOnlyList<FleetSweep>> ListAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync((client, options) => client.ListSweepsAsync(new(), options), cancellationToken).ConfigureAwait(false)).Sweeps;

    /// <summary>A sweep with its chains.</summary>
    /// <param name="id">Its id, or its mark.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no such sweep, or no fleet.</exception>
    public Task<ShowSweepResponse> ShowAsync(string id, CancellationToken cancellationToken = default) =>
        CallAsync((client, options) => client.ShowSweepAsync(new() { Id = id }, options), cancellationToken);

    /// <summary>Has nothing more of a sweep handed out.</summary>
    /// <param name="id">Its id, or its mark.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no such sweep, it is somebody else's, or there is no fleet.</exception>
    public async Task<FleetSweep> RemoveAsync(string id, CancellationToken cancellationToken = default) =>
        (
            await CallAsync((client, options) => client.RemoveSweepAsync(new() { Id = id }, options), cancellationToken)
                .ConfigureAwait(false)
        ).Sweep;

    /// <inheritdoc/>
    public void Dispose() => nodes.Dispose();

    private async Task<T> CallAsync<T>(
        Func<SweepService.SweepServiceClient, CallOptions, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await nodes.CallAsync((channel, options) => call(new(channel), options), cancellationToken).ConfigureAwait(false);
        }
        catch (FleetAwayException away)
        {
            // Nobody waits here: it is told as any other fault.
            throw away.Fault;
        }
    }
}
