using FasterSeg.Fleet.Service.Grpc;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Fleet.Service.Tests.Hosting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

/// <summary>A pool with devices in a store of its own, and a clock that is set.</summary>
internal sealed class MadePool : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly PoolRow row;
    private int jobs;

    private MadePool(FleetStore store, SetClock time, TemporaryFolder folder, PoolRow row) =>
        (Store, Time, this.folder, this.row) = (store, time, folder, row);

    public FleetStore Store { get; }

    public SetClock Time { get; }

    public string Id => row.Id;

    public SchedulingRules Rules { get; } = new();

    /// <summary>A pool whose first device is the reference.</summary>
    public static async Task<MadePool> OpenAsync(params string[] devices)
    {
        var folder = new TemporaryFolder();
        var time = new SetClock();
        FleetStore store = await FleetStore.OpenAsync(folder.Path, time);
        PoolRow? row = null;
        foreach (string device in devices)
        {
            Hello hello = new SimulatedCard().Hello(device);
            TableIdentity kind = DeviceHello.KindOf(hello);
            row = await store.PoolOfAsync(kind, DeviceHello.NameOf(kind));
            await store.JoinAsync(device, row.Id, hello.Device.Uuid, DeviceHello.Write(hello));
        }
        await store.SetReferenceAsync(row!.Id, devices[0], expected: null);
        return new(store, time, folder, row);
    }

    public PoolMind Mind() => new(row.Id, Store, Rules, Time, NullLogger.Instance);

    /// <summary>A job of so many items, for their own sake.</summary>
    public async Task<string> AddAsync(string client, int items, int priority = 0)
    {
        var settings = new MeasurementSettings { Seed = (ulong)++jobs };
        var job = new NewJob(row.Id, JobKind.Operators, null, settings, client, priority);
        string[] keys = [.. Enumerable.Range(1, items).Select(i => $"conv h8 w{8 * i} c8-8 s1")];
        return (await Store.AddJobAsync(job, keys)).Job.Id;
    }

    /// <summary>The way to measure of <see cref="AddAsync"/>'s jobs.</summary>
    public string WayOfOperators { get; } = Way.Of(new MeasurementSettings());

    /// <summary>A verdict by which a device may work.</summary>
    public VerdictRow Merged(string device) =>
        new(device, WayOfOperators, row.Reference ?? "d0", Merged: true, 1, "", new Dictionary<string, double>(), Time.Now);

    /// <summary>A table's job.</summary>
    public async Task<string> AddTableAsync(string client)
    {
        IReadOnlyList<OperatorSpec> order = FleetJobs.OrderOf(ContractClients.Space, seed: 1);
        var job = new NewJob(row.Id, JobKind.Table, ContractClients.Space, new(), client);
        return (await Store.AddJobAsync(job, [.. order.Select(spec => spec.ToString())])).Job.Id;
    }

    /// <summary>An operator's entry, as JSON.</summary>
    public string Entry(string key, double factor = 1) =>
        LatencyTableJson.SerializeEntry(new SimulatedCard { Factor = factor, Noise = 0.001 }.Measure(key, times: 1));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        folder.Dispose();
    }
}
