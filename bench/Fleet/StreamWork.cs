using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Grpc;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;

namespace FasterSeg.Bench.Fleet;

/// <summary>The work of a run with many streams: a pool whose cards are known, tables that are asked for so that there is always work, and
/// what of them is in the store.</summary>
internal sealed class StreamWork(FleetStore store)
{
    private const int Clients = 8,
        AtATime = 16;

    private static readonly SearchSpace Space = SearchSpace.Paper(256, 512);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly HashSet<(string Job, int Position)> filled = [];
    private readonly HashSet<string> open = [],
        closed = [];
    private string pool = "";
    private int jobs;

    /// <summary>Results that the fleet told devices it has: job and position.</summary>
    public ConcurrentDictionary<(string Job, int Position), bool> Told { get; } = [];

    /// <summary>Tables that were finished.</summary>
    public int Tables { get; private set; }

    /// <summary>Finished tables that lack an entry, or have one too many.</summary>
    public int WrongTables { get; private set; }

    /// <summary>Items that have their entry; as of the last look.</summary>
    public int Filled => filled.Count;

    /// <summary>Notes the devices as joined and compared, so that they work at once.</summary>
    public async Task PrepareAsync(IReadOnlyList<(string Name, SimulatedCard Card)> devices)
    {
        string way = Way.Of(new MeasurementSettings()),
            sentinel = TableBuilder.SentinelOf(Space).ToString();
        Hello first = devices[0].Card.Hello(devices[0].Name);
        TableIdentity kind = DeviceHello.KindOf(first);
        pool = (await store.PoolOfAsync(kind, DeviceHello.NameOf(kind))).Id;
        await Parallel.ForEachAsync(devices, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (device, token) =>
        {
            Hello hello = device.Card.Hello(device.Name);
            await store.JoinAsync(device.Name, pool, hello.Device.Uuid, DeviceHello.Write(hello), token);
            var readings = new Dictionary<string, double> { [sentinel] = SimulatedCard.UsualMs(sentinel) };
            var verdict = new VerdictRow(device.Name, way, devices[0].Name, Merged: true, 1, "", readings, DateTimeOffset.UtcNow);
            await store.JudgeAsync(device.Name, way, verdict, token);
        });
        await store.SetReferenceAsync(pool, devices[0].Name, expected: null);
    }

    /// <summary>Asks for tables so that so many items wait, and counts those that are finished.</summary>
    public async Task FeedAsync(int waiting, CancellationToken cancellation)
    {
        IReadOnlyList<string> keys = [.. FleetJobs.OrderOf(Space, seed: 1).Select(spec => spec.ToString())];
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await AskAsync(waiting, keys);
                await CloseAsync(keys.Count);
            }
            catch (StoreUnavailableException away)
            {
                // As a client does: what it asked for goes on.
                Console.WriteLine($"the feeder waits: {away.Message}");
            }
            await Task.Delay(Look, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(int waiting, IReadOnlyList<string> keys)
    {
        int left = (await store.RunningAsync(pool, CancellationToken.None)).Sum(load => load.Waiting);
        for (; left < waiting; left += keys.Count)
        {
            var settings = new MeasurementSettings { Seed = (ulong)++jobs };
            var job = new NewJob(pool, JobKind.Table, Space, settings, $"client {jobs % Clients}");
            open.Add((await store.AddJobAsync(job, keys, CancellationToken.None)).Job.Id);
        }
    }

    private async Task CloseAsync(int operators)
    {
        foreach (string id in open.ToArray())
        {
            if (await store.JobAsync(id, CancellationToken.None) is { State: not FleetJobState.Running } ended)
            {
                await CountAsync(id);
                int entries = ended.TableId is { } table ? (await store.TableAsync(table, CancellationToken.None))?.Row.Entries ?? 0 : 0;
                open.Remove(id);
                closed.Add(id);
                Tables++;
                if (entries != operators + OperatorWork.Of(Space).Defined.Count)
                    WrongTables++;
            }
        }
    }

    /// <summary>Results that were told and are not in the store, of what was told before the call.</summary>
    public async Task<(int Told, int Lost)> LostAsync()
    {
        (string Job, int Position)[] told = [.. Told.Keys];
        // Also those of which it is not known whether they were asked for: the answer was lost.
        foreach (string id in open.Concat(told.Select(each => each.Job)).Distinct().Except(closed).ToArray())
            await CountAsync(id);
        return (told.Length, told.Count(each => !filled.Contains(each)));
    }

    private async Task CountAsync(string job)
    {
        foreach (ItemRow item in await store.ItemsAsync(job))
        {
            if (item.Entry is not null)
                filled.Add((job, item.Position));
        }
    }
}
