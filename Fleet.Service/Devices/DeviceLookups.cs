using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>What is asked of the store for each device that joins, for many of them together: all of a dead node's devices come at
/// once.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class DeviceLookups(IFleetStore store, TimeProvider time)
{
    private const int MostTogether = 64;

    private readonly ConcurrentDictionary<TableIdentity, PoolRow> pools = new();
    private Grouped<string, DeviceRow?>? devices;
    private Grouped<(string Pool, string Device), IReadOnlyList<Lease>>? leases;
    private Grouped<string, IReadOnlyList<VerdictRow>>? verdicts;
    private Grouped<string, IReadOnlyDictionary<string, JobRow>>? jobs;

    /// <summary>The pool of a kind; its reference may be another one by now.</summary>
    public async Task<PoolRow> PoolOfAsync(TableIdentity kind) =>
        pools.TryGetValue(kind, out PoolRow? known) ? known : pools.GetOrAdd(kind, await store.PoolOfAsync(kind, DeviceHello.NameOf(kind)));

    /// <summary>The device of this id, or null.</summary>
    public Task<DeviceRow?> DeviceAsync(string id) =>
        LazyInitializer.EnsureInitialized(ref devices, () => new(ReadDevicesAsync, MostTogether, longest: null, time)).AskAsync(id);

    /// <summary>What a device of a pool holds.</summary>
    public Task<IReadOnlyList<Lease>> LeasesOfAsync(string pool, string device) =>
        LazyInitializer
            .EnsureInitialized(ref leases, () => new(ReadLeasesAsync, MostTogether, longest: null, time))
            .AskAsync((pool, device));

    /// <summary>The verdicts on a device.</summary>
    public Task<IReadOnlyList<VerdictRow>> VerdictsOfAsync(string device) =>
        LazyInitializer.EnsureInitialized(ref verdicts, () => new(ReadVerdictsAsync, MostTogether, longest: null, time)).AskAsync(device);

    /// <summary>The running jobs of a pool, by id.</summary>
    public Task<IReadOnlyDictionary<string, JobRow>> RunningAsync(string pool) =>
        LazyInitializer.EnsureInitialized(ref jobs, () => new(ReadJobsAsync, MostTogether, longest: null, time)).AskAsync(pool);

    private async Task<IReadOnlyList<DeviceRow?>> ReadDevicesAsync(IReadOnlyList<string> ids)
    {
        Dictionary<string, DeviceRow> found = (await store.DevicesOfAsync(ids)).ToDictionary(each => each.Id);
        return [.. ids.Select(found.GetValueOrDefault)];
    }

    private async Task<IReadOnlyList<IReadOnlyList<Lease>>> ReadLeasesAsync(IReadOnlyList<(string Pool, string Device)> asked)
    {
        var found = new Dictionary<string, ILookup<string, Lease>>();
        foreach (var pool in asked.ToLookup(each => each.Pool, each => each.Device))
            found[pool.Key] = (await store.LeasesOfAsync(pool.Key, [.. pool.Distinct()])).ToLookup(lease => lease.Device);
        return [.. asked.Select(each => found[each.Pool][each.Device].ToArray())];
    }

    private async Task<IReadOnlyList<IReadOnlyList<VerdictRow>>> ReadVerdictsAsync(IReadOnlyList<string> ids)
    {
        ILookup<string, VerdictRow> found = (await store.VerdictsOfAsync(ids)).ToLookup(each => each.Device);
        return [.. ids.Select(id => found[id].ToArray())];
    }

    private async Task<IReadOnlyList<IReadOnlyDictionary<string, JobRow>>> ReadJobsAsync(IReadOnlyList<string> asked)
    {
        var found = new Dictionary<string, IReadOnlyDictionary<string, JobRow>>();
        foreach (string pool in asked.Distinct())
            found[pool] = (await store.RunningAsync(pool)).ToDictionary(load => load.Row.Id, load => load.Row);
        return [.. asked.Select(pool => found[pool])];
    }
}
