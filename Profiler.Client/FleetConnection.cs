using FasterSeg.Latency;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// What a lab's people ask of its fleet, beside what they ask of a profiler (<see cref="ProfilerConnection"/>). Keys and certificates come
/// from the same environment variables. Every failure is a <see cref="UserErrorException"/> with its sentence.
/// </summary>
public sealed class FleetConnection : IDisposable
{
    private readonly Uri address;
    private readonly GrpcChannel channel;
    private readonly FleetService.FleetServiceClient fleet;

    private FleetConnection(string url)
    {
        (Name, address) = (url, ProfilerChannel.ParseAddress(url));
        channel = ProfilerChannel.Open(address, ProfilerCredentials.FromEnvironment());
        fleet = new(channel);
    }

    /// <summary>The fleet's address, for people.</summary>
    public string Name { get; }

    /// <summary>Names the fleet; nothing is sent yet.</summary>
    /// <param name="url">The address of one of its nodes, such as <c>https://lab:5250</c>.</param>
    /// <exception cref="UsageException">The address is no URL.</exception>
    public static FleetConnection Open(string url) => new(url);

    /// <summary>All devices that have joined at least once.</summary>
    /// <param name="pool">Of this pool alone; null is of all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no such pool, or no fleet.</exception>
    public async Task<IReadOnlyList<FleetDevice>> DevicesAsync(string? pool = null, CancellationToken cancellationToken = default)
    {
        ListDevicesResponse response = await CallAsync(
                token => fleet.ListDevicesAsync(new() { Pool = pool ?? "" }, cancellationToken: token),
                cancellationToken
            )
            .ConfigureAwait(false);
        return response.Devices;
    }

    /// <summary>All pools.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no fleet.</exception>
    public async Task<IReadOnlyList<Pool>> PoolsAsync(CancellationToken cancellationToken = default)
    {
        ListPoolsResponse response = await CallAsync(token => fleet.ListPoolsAsync(new(), cancellationToken: token), cancellationToken)
            .ConfigureAwait(false);
        return response.Pools;
    }

    /// <summary>The jobs that run or wait.</summary>
    /// <param name="pool">Of this pool alone; null is of all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no such pool, or no fleet.</exception>
    public async Task<IReadOnlyList<QueuedJob>> QueueAsync(string? pool = null, CancellationToken cancellationToken = default)
    {
        ListQueueResponse response = await CallAsync(
                token => fleet.ListQueueAsync(new() { Pool = pool ?? "" }, cancellationToken: token),
                cancellationToken
            )
            .ConfigureAwait(false);
        return response.Jobs;
    }

    /// <summary>Sets a device.</summary>
    /// <param name="id">The device.</param>
    /// <param name="state">What is wanted of it; unspecified leaves that as it is.</param>
    /// <param name="absolve">Forget that it failed, and its calibrations.</param>
    /// <param name="reference">Make it its pool's reference: others are compared anew, and jobs that are not done begin anew.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The device as it is then.</returns>
    /// <exception cref="UserErrorException">There is no such device, the key is no operator's, or there is no fleet.</exception>
    public async Task<FleetDevice> SetDeviceAsync(
        string id,
        DeviceState state,
        bool absolve = false,
        bool reference = false,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SetDeviceRequest
        {
            Id = id,
            State = state,
            Absolve = absolve,
            Reference = reference,
        };
        SetDeviceResponse response = await CallAsync(token => fleet.SetDeviceAsync(request, cancellationToken: token), cancellationToken)
            .ConfigureAwait(false);
        return response.Device;
    }

    /// <summary>Ends a job that runs or waits. What it has measured is kept, and the same table goes on with it.</summary>
    /// <param name="id">The job, as the queue names it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is no such job, it has ended, it is another client's, or there is no fleet.</exception>
    public Task CancelJobAsync(string id, CancellationToken cancellationToken = default) =>
        CallAsync(
            token => new Proto.ProfilerService.ProfilerServiceClient(channel).CancelJobAsync(new() { Id = id }, cancellationToken: token),
            cancellationToken
        );

    /// <summary>Closes the connection.</summary>
    public void Dispose() => channel.Dispose();

    private Task<T> CallAsync<T>(Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancellationToken) =>
        TranslatedCall.RunAsync(
            async () =>
            {
                try
                {
                    return await call(cancellationToken).ResponseAsync.ConfigureAwait(false);
                }
                catch (RpcException refusal) when (ProfilerErrors.IsRefusal(refusal))
                {
                    throw new UserErrorException($"The fleet at {Name} refused: {refusal.Status.Detail}", refusal);
                }
                catch (RpcException stranger) when (stranger.StatusCode == StatusCode.Unimplemented)
                {
                    if (await IsProfilerAsync(cancellationToken).ConfigureAwait(false))
                        throw new UserErrorException(
                            $"What answers at {Name} is one profiler and no fleet: name the address of a 'fasterseg-fleet', or ask for "
                                + $"this profiler's device with 'fasterseg device --profiler {Name}'.",
                            stranger
                        );
                    throw;
                }
            },
            address,
            Name,
            cancellationToken,
            first: true,
            ProfilerErrors.Fleet
        );

    private async Task<bool> IsProfilerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new Proto.ProfilerService.ProfilerServiceClient(channel)
                .GetDeviceAsync(new(), cancellationToken: cancellationToken)
                .ResponseAsync.ConfigureAwait(false);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
