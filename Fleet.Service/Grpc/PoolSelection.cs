using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>A pool that a call is for, with what its reference said of itself.</summary>
/// <param name="Row">The pool.</param>
/// <param name="Reference">Its reference.</param>
internal sealed record SelectedPool(PoolRow Row, Hello Reference)
{
    /// <summary>What can be asked for there.</summary>
    public MeasuringOffer Offer =>
        new(
            Reference.Device.Name,
            Row.Kind.Provider,
            Row.Kind.Precision,
            Reference.Device.LogicalCores,
            Reference.Device.DefaultThreads,
            Reference.ColdCaches
        )
        {
            Who = "this pool",
        };

    /// <summary>How operators are to be measured there.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="faults">Where faults are noted; the result is of use only if there is none.</param>
    public MeasurementSettings Settings(MeasurementOptions? options, RequestFaults faults) =>
        new OptionsReader(Offer).Read(options, "options", MeasurementSettings.DefaultOperatorSeconds, faults);

    /// <summary>Which table is asked for.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every fault.</exception>
    public (SearchSpace Space, MeasurementSettings Settings) Read(Proto.SearchSpace? space, MeasurementOptions? options)
    {
        var faults = new RequestFaults();
        SearchSpace read = SpaceMapping.Read(space, sentence => faults.Add("space", sentence));
        MeasurementSettings settings = Settings(options, faults);
        faults.ThrowIfAny();
        return (read, settings);
    }
}

/// <summary>Finds the pool that a call is for: the one that its metadata name, or the only one.</summary>
internal sealed class PoolSelection(IFleetStore store)
{
    /// <summary>The call's pool.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: no device has joined yet. FAILED_PRECONDITION: there are several and none, or none of
    /// them, is named.</exception>
    public async Task<SelectedPool> OfAsync(ServerCallContext context) =>
        await OfAsync(context.RequestHeaders.GetValue(FleetPool.Header) ?? "");

    /// <summary>The pool of a name, or of a part of it.</summary>
    /// <exception cref="RpcException">As above.</exception>
    public async Task<SelectedPool> OfAsync(string name)
    {
        PoolRow pool = Find(await WithReferencesAsync([.. await store.PoolsAsync()]), name);
        return await store.DeviceAsync(pool.Reference!) is { } device ? new(pool, DeviceHello.Read(device.Hello)) : throw NoDevice();
    }

    /// <summary>The pool that a name means.</summary>
    /// <param name="pools">All.</param>
    /// <param name="name">An id, a name, or letters and digits of a name, such as <c>1080ti</c>; empty for the only one.</param>
    public static PoolRow Find(IReadOnlyList<PoolRow> pools, string name)
    {
        if (pools.Count == 0)
            throw NoDevice();
        string names = string.Join(", ", pools.Select(pool => $"'{pool.Name}' ({pool.Id})"));
        if (name.Length == 0)
            return pools.Count == 1
                ? pools[0]
                : throw Refusal($"This fleet has {pools.Count} pools: name one of {names} with --pool, by a part of its name or its id.");
        PoolRow[] found = [.. pools.Where(pool => pool.Id == name || pool.Name == name)];
        if (found.Length == 0)
            found = [.. pools.Where(pool => Bare(pool.Name).Contains(Bare(name), StringComparison.Ordinal))];
        string shown = StatusText.Shortened(name, StatusText.LongestName);
        return found.Length switch
        {
            1 => found[0],
            0 => throw Refusal($"This fleet has no pool '{shown}': name one of {names} with --pool."),
            _ => throw Refusal($"'{shown}' may be {found.Length} pools of this fleet: name one of {names} with --pool."),
        };
    }

    /// <summary>Pools whose first device has not asked for work yet have its reference all the same; so have those whose reference is of
    /// another kind by now.</summary>
    private async Task<PoolRow[]> WithReferencesAsync(PoolRow[] pools)
    {
        for (int i = 0; i < pools.Length; i++)
        {
            if (pools[i].Reference is { } known && await store.DeviceAsync(known) is { } device && device.Pool == pools[i].Id)
                continue;
            IReadOnlyList<DeviceRow> devices = await store.DevicesAsync(pools[i].Id);
            string? reference = devices is [var first, ..]
                ? await store.SetReferenceAsync(pools[i].Id, first.Id, pools[i].Reference)
                : null;
            pools[i] = pools[i] with { Reference = reference };
        }
        return [.. pools.Where(pool => pool.Reference is not null)];
    }

    private static string Bare(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static RpcException Refusal(string sentence) => new(new Status(StatusCode.FailedPrecondition, sentence));

    private static RpcException NoDevice() =>
        new(
            new Status(
                StatusCode.Unavailable,
                "No device has joined this fleet yet: start 'fasterseg-profiler --join URL' on one, with this fleet's address."
            )
        );
}
