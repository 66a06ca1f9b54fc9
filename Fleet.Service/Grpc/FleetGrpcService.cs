using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>What a lab's people ask of their fleet.</summary>
internal sealed class FleetGrpcService(IFleetStore store, IGrainFactory grains) : FleetService.FleetServiceBase
{
    /// <summary>The service's name, by which a fleet's health is asked for.</summary>
    public static string FullName => FleetService.Descriptor.FullName;

    /// <inheritdoc/>
    public override async Task<ListDevicesResponse> ListDevices(ListDevicesRequest request, ServerCallContext context)
    {
        var response = new ListDevicesResponse();
        foreach (PoolRow pool in await PoolsAsync(request.Pool))
        {
            ILookup<string, VerdictRow> verdicts = (await store.VerdictsAsync(pool.Id)).ToLookup(verdict => verdict.Device);
            ILookup<string, Lease> leases = (await store.LeasesAsync(pool.Id)).ToLookup(lease => lease.Device);
            foreach (DeviceRow device in await store.DevicesAsync(pool.Id))
                response.Devices.Add(await DescribeAsync(device, pool, verdicts[device.Id], leases[device.Id]));
        }
        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListPoolsResponse> ListPools(ListPoolsRequest request, ServerCallContext context)
    {
        var response = new ListPoolsResponse();
        foreach (PoolRow pool in await store.PoolsAsync())
            response.Pools.Add(
                new Pool
                {
                    Id = pool.Id,
                    Name = pool.Name,
                    Kind = pool.Kind.ToMessage(),
                    Reference = pool.Reference ?? "",
                    Devices = await store.CountDevicesAsync(pool.Id),
                    Ready = await grains.GetGrain<IPool>(pool.Id).ReadyAsync(),
                    WaitingItems = (await store.RunningAsync(pool.Id)).Sum(load => load.Waiting),
                }
            );
        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListQueueResponse> ListQueue(ListQueueRequest request, ServerCallContext context)
    {
        var response = new ListQueueResponse();
        foreach (PoolRow pool in await PoolsAsync(request.Pool))
        {
            if (pool.Reference is null || await store.DeviceAsync(pool.Reference) is not { } reference)
                continue;
            foreach (JobLoad load in await store.RunningAsync(pool.Id))
                response.Jobs.Add(
                    new QueuedJob
                    {
                        Job = load.ToMessage(DeviceHello.Read(reference.Hello), load.Row.IsOf(context)),
                        Pool = pool.Id,
                        Owner = load.Row.Job.Owner,
                        Priority = load.Row.Job.Priority,
                        Waiting = load.Waiting,
                        Leased = load.Leased,
                    }
                );
        }
        return response;
    }

    /// <inheritdoc/>
    public override async Task<SetDeviceResponse> SetDevice(SetDeviceRequest request, ServerCallContext context)
    {
        if (!context.IsOperator())
            throw new RpcException(new Status(StatusCode.PermissionDenied, "Devices are set by the owner of an operator's key."));
        DeviceRow device = await store.DeviceAsync(request.Id) ?? throw Unknown(request.Id);
        if (request is { State: not (DeviceState.InService or DeviceState.Draining), Absolve: false, Reference: false })
            throw RequestFaults.Refusal(
                "state",
                $"It is not said what device '{device.Id}' shall do: set its state, absolve it, or make it the reference."
            );
        if (request.Reference)
            await RequireThereAsync(device);
        DeviceWish wish = request.State switch
        {
            DeviceState.InService => DeviceWish.InService,
            DeviceState.Draining => DeviceWish.Draining,
            _ => device.Wish,
        };
        if (!await store.WishAsync(request.Id, wish, request.Absolve))
            throw Unknown(request.Id);
        if (request.Reference)
            await ReferAsync(device);
        await grains.GetGrain<IPool>(device.Pool).LookAsync(ended: null);
        PoolRow pool = await store.PoolAsync(device.Pool) ?? throw Unknown(request.Id);
        device = await store.DeviceAsync(request.Id) ?? throw Unknown(request.Id);
        Lease[] leases = [.. (await store.LeasesAsync(pool.Id)).Where(lease => lease.Device == device.Id)];
        return new() { Device = await DescribeAsync(device, pool, await store.VerdictsOfAsync([device.Id]), leases) };
    }

    /// <summary>Passes a device that is there, or is the reference already.</summary>
    private async Task RequireThereAsync(DeviceRow device)
    {
        if (
            await grains.GetGrain<IDevice>(device.Id).ConditionAsync() is not null
            || (await store.PoolAsync(device.Pool))?.Reference == device.Id
        )
            return;
        throw new RpcException(
            new Status(
                StatusCode.FailedPrecondition,
                $"Device '{device.Id}' is away. As its pool's reference it would have all others compared with it, jobs that are not done "
                    + "begin anew, and nobody measure until it comes back: start its profiler first, or name a device that is there "
                    + "('fasterseg fleet devices' lists them)."
            )
        );
    }

    /// <summary>Its pool's numbers become this device's: what was measured beside another one's is measured again.</summary>
    private async Task ReferAsync(DeviceRow device)
    {
        IReadOnlyList<Lease> leases = await store.LeasesAsync(device.Pool);
        if (!await store.ReferAsync(device.Pool, device.Id))
            return;
        foreach (Lease lease in leases)
            await grains.GetGrain<IDevice>(lease.Device).RevokeAsync(lease.Token);
    }

    private async Task<FleetDevice> DescribeAsync(
        DeviceRow device,
        PoolRow pool,
        IEnumerable<VerdictRow> verdicts,
        IEnumerable<Lease> leases
    )
    {
        DeviceCondition? condition = await grains.GetGrain<IDevice>(device.Id).ConditionAsync();
        VerdictRow? verdict = verdicts.MaxBy(each => each.At);
        (DeviceHealth health, string reason) =
            device.Aside is { } aside ? (DeviceHealth.Bad, aside)
            : condition?.Lost is { } lost ? (DeviceHealth.Lost, lost)
            : verdict is { Merged: false } && CardReasons.IsOfLoad(verdict.Reason) ? (DeviceHealth.Unknown, verdict.Reason)
            : verdict is { Merged: false } ? (DeviceHealth.Disagrees, verdict.Reason)
            : verdict is not null || pool.Reference == device.Id ? (DeviceHealth.Good, "")
            : (DeviceHealth.Unknown, "it was not compared with its pool yet, or was a loaded device when it was");
        return new()
        {
            Id = device.Id,
            Pool = device.Pool,
            Device = DeviceHello.Read(device.Hello).Device,
            State = device.Wish == DeviceWish.Draining ? DeviceState.Draining : DeviceState.InService,
            Health = health,
            Reason = reason,
            Attached = condition is not null,
            FirstSeen = ResultMapping.Time(device.FirstSeen),
            LastSeen = ResultMapping.Time(device.LastSeen),
            Leased = leases.Sum(lease => lease.Items.Count),
            Reference = pool.Reference == device.Id,
            // A card that could not be compared for a load has none.
            Factor = verdict is null || CardReasons.IsOfLoad(verdict.Reason) ? 0 : verdict.Factor,
        };
    }

    private async Task<IEnumerable<PoolRow>> PoolsAsync(string name)
    {
        IReadOnlyList<PoolRow> pools = await store.PoolsAsync();
        return name.Length == 0 ? pools : [PoolSelection.Find(pools, name)];
    }

    private static RpcException Unknown(string id) =>
        new(
            new Status(
                StatusCode.NotFound,
                $"This fleet has no device '{StatusText.Shortened(id, StatusText.LongestName)}': 'fasterseg fleet devices' lists them."
            )
        );
}
