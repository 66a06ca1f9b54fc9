using System.Diagnostics;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Chaos;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Tests;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Fleet;

/// <summary>Many devices at three nodes on PostgreSQL, one of which is killed in the middle: what is lost, how soon all are back, and what
/// it takes.</summary>
/// <param name="devices">How many streams.</param>
/// <param name="length">How long they work.</param>
/// <param name="anHour">Results an hour of all of them.</param>
/// <param name="aConnection">Streams on one connection; 1 is as real devices do.</param>
internal sealed class Streams(int devices, TimeSpan length, double anHour, int aConnection)
{
    private const int Nodes = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10),
        LongestReturn = TimeSpan.FromMinutes(2);

    /// <summary>One run.</summary>
    public async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-streams-").FullName;
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        string database = await server.NewDatabaseAsync(),
            keys = Path.Combine(folder, "keys");
        var nodes = new List<NodeProcess>();
        SimulatedDevice[] running = [];
        try
        {
            (string Name, SimulatedCard Card)[] cards =
            [
                .. Enumerable.Range(0, devices).Select(i => ($"card-{i}", new SimulatedCard { Seed = i })),
            ];
            (string Key, string Line)[] made = [.. cards.Select(card => AccessKeys.New(card.Name))];
            await File.WriteAllLinesAsync(keys, made.Select(each => each.Line + " device"));
            await using FleetStore store = await FleetStore.OpenAsync(database + ";Maximum Pool Size=16");
            var work = new StreamWork(store);
            await Task.WhenAll(
                work.PrepareAsync(cards),
                Task.Run(async () =>
                {
                    for (int i = 0; i < Nodes; i++)
                        nodes.Add(await NodeProcess.StartAsync(database, default, "--access-keys", keys));
                })
            );
            Console.WriteLine(
                $"{devices} streams, nodes with {string.Join(", ", nodes.Select(node => $"{node.Use!.Value.Bytes / 1000000}"))} MB"
            );
            running = [.. cards.Select((card, i) => Device(card.Name, card.Card, made[i].Key, nodes, work, Sharing(i)))];
            await RunAsync(nodes, running, work);
        }
        finally
        {
            await Task.WhenAll(running.Select(device => device.DisposeAsync().AsTask()));
            foreach (NodeProcess node in nodes)
            {
                await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), $"streams-node-{nodes.IndexOf(node)}.log"), node.Log);
                await node.DisposeAsync();
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAsync(List<NodeProcess> nodes, SimulatedDevice[] running, StreamWork work)
    {
        long begun = Stopwatch.GetTimestamp();
        foreach (SimulatedDevice device in running)
            device.Start();
        try
        {
            await UntilAsync(() => running.All(device => device.IsAttached));
        }
        catch (TimeoutException)
        {
            Tell([.. running.Where(device => !device.IsAttached)]);
            throw;
        }
        Console.WriteLine(FormattableString.Invariant($"all are there after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s\n"));
        var report = new StreamReport(running, nodes, work);
        using var over = new CancellationTokenSource();
        Task feeding = work.FeedAsync(2 * devices, over.Token),
            printing = report.RunAsync(over.Token);
        StreamReport.Begin();
        await UntilAsync(() => work.Told.Count >= devices / 10);
        (long from, int before) = (Stopwatch.GetTimestamp(), work.Told.Count);
        await Task.Delay(length / 2);
        await KillAsync(nodes[0], running);
        await Task.Delay(length / 4);
        await nodes[0].StartAsync(default);
        await Task.Delay(length - Stopwatch.GetElapsedTime(from) is { Ticks: > 0 } left ? left : TimeSpan.Zero);
        double hours = Stopwatch.GetElapsedTime(from).TotalHours;
        int told = work.Told.Count - before;
        await over.CancelAsync();
        await Task.WhenAll(feeding, printing);
        (int all, int lost) = await work.LostAsync();
        int twice = running.Sum(device => device.Measured.Where(each => each.Key.Position >= 0).Sum(each => each.Value - 1));
        Console.WriteLine(
            FormattableString.Invariant(
                $"\n{told} results told in {hours * 60:F1} minutes, {told / hours / 1e6:F2} million an hour; {all} in all, "
            )
                + $"{lost} of them not in the store; {work.Filled} in the store; {twice} measured twice; "
                + $"{running.Sum(device => device.Unkept)} on their way at the end; "
                + $"{work.Tables} tables, {work.WrongTables} of them wrong; "
                + $"most memory {string.Join(", ", report.Most.Select(each => each / 1000000))} MB"
        );
    }

    private static async Task KillAsync(NodeProcess node, SimulatedDevice[] running)
    {
        SimulatedDevice[] hit = [.. running.Where(device => device.At == node.Address)];
        int before = running.Sum(device => device.Welcomes);
        await node.KillAsync();
        long dead = Stopwatch.GetTimestamp();
        SimulatedDevice[] away;
        do
        {
            await Task.Delay(100);
            away = [.. running.Where(device => !device.IsAttached || device.At == node.Address)];
        } while (away.Length > 0 && Stopwatch.GetElapsedTime(dead) < LongestReturn);
        Tell(away);
        int welcomes = running.Sum(device => device.Welcomes) - before;
        string back = away.Length == 0 ? "all back" : away.Length + " not back";
        double took = Stopwatch.GetElapsedTime(dead).TotalSeconds;
        Console.WriteLine(
            FormattableString.Invariant($"kill -9 of a node with {hit.Length} streams: {back} after {took:F1} s, {welcomes} welcomes")
        );
    }

    /// <summary>What is known of devices that are not there.</summary>
    private static void Tell(IReadOnlyList<SimulatedDevice> away)
    {
        foreach (SimulatedDevice device in away.Take(5))
            Console.WriteLine(
                $"{away.Count} not there, one of them: attached {device.IsAttached}, at {device.At}, {device.Welcomes} welcomes, "
                    + $"{device.Fault?.Status}, dismissed: {device.Dismissed ?? "no"}"
            );
    }

    private SimulatedDevice Device(
        string name,
        SimulatedCard card,
        string key,
        List<NodeProcess> nodes,
        StreamWork work,
        Func<Uri, GrpcChannel>? shared
    )
    {
        var random = new Random(card.Seed);
        double usual = devices * 3600 / anHour;
        return new(name, card, [.. nodes.Select(node => node.Address)], key)
        {
            Takes = _ => TimeSpan.FromSeconds(usual * (0.5 + random.NextDouble())),
            Shared = shared,
            Told = (job, position) =>
            {
                if (position >= 0)
                    work.Told[(job, position)] = true;
            },
        };
    }

    private readonly Dictionary<(int, Uri), GrpcChannel> channels = [];

    private Func<Uri, GrpcChannel>? Sharing(int device) =>
        aConnection == 1
            ? null
            : fleet =>
            {
                lock (channels)
                {
                    if (!channels.TryGetValue((device / aConnection, fleet), out GrpcChannel? channel))
                        channels[(device / aConnection, fleet)] = channel = SimulatedDevice.Open(fleet);
                    return channel;
                }
            };

    private static async Task UntilAsync(Func<bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(start) > Longest)
                throw new TimeoutException($"That is not so after {Longest}.");
            await Task.Delay(100);
        }
    }
}
