using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>Three nodes as processes, PostgreSQL, 32 devices; whatever is killed while a table is built, each item is in it once.</summary>
public sealed class ChaosTests
{
    private const int Nodes = 3,
        Devices = 32;

    private static readonly SearchSpace Space = new(128, 256, Fch: 4, [0.5, 0.75, 1], Layers: 8, Classes: 5, 1, 1, 0.5, 0.5);
    private static readonly TimeSpan AnItem = TimeSpan.FromSeconds(1),
        LongestGap = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_dies_each_item_is_measured_for_good_once(int seed)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var random = new Random(seed);
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        string database = await server.NewDatabaseAsync();
        NodeProcess[] nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => NodeProcess.StartAsync(database, Cancellation)));
        SimulatedDevice[] devices =
        [
            .. Enumerable
                .Range(0, Devices)
                .Select(i => new SimulatedDevice(
                    $"card-{i}",
                    new SimulatedCard { Seed = i, Factor = i % 4 == 3 ? 1.02 : 1 },
                    [.. nodes.Select(node => node.Address)]
                )
                {
                    Takes = _ => AnItem,
                }),
        ];
        try
        {
            await using FleetStore store = await FleetStore.OpenAsync(database, cancellation: Cancellation);
            foreach (SimulatedDevice device in devices)
                device.Start();
            while (!devices.All(device => device.IsAttached))
                await Task.Delay(50, Cancellation);
            Task<LatencyTable> building = BuildAsync(nodes);
            var watch = new CommitWatch(store, () => [Environment.ProcessId, .. nodes.Where(node => node.IsAlive).Select(node => node.Id)]);
            Task watching = watch.RunAsync(Cancellation);
            int lost = await DisturbAsync(random, nodes, devices, server, watch);
            LatencyTable table = await building;
            watch.End();
            await watching;

            OperatorWork work = OperatorWork.Of(Space);
            Assert.Equal(work.ToMeasure.Count + work.Defined.Count, table.Entries.Count);
            Assert.All(work.ToMeasure, spec => Assert.InRange(table[spec] / SimulatedCard.UsualMs(spec.ToString()), 0.98, 1.02));
            int measured = devices.Sum(device => device.Measured.Where(each => each.Key.Position >= 0).Sum(each => each.Value));
            TestContext.Current.SendDiagnosticMessage(
                $"seed {seed}: {work.ToMeasure.Count} items, {measured} measured, {lost} in flight at kills, "
                    + $"longest gap {watch.LongestGap} at {watch.WhatGap}"
            );
            Assert.InRange(measured, work.ToMeasure.Count, work.ToMeasure.Count + lost);
            Assert.True(watch.LongestGap < LongestGap, $"{watch.LongestGap} between two commits, at {watch.WhatGap}: {watch.Timeline}");
            Assert.Equal(work.ToMeasure.Count, await watch.KeptAsync());
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            string logs = string.Join("\n\n", nodes.Select(node => $"{node.Address}\n{node.Log}"));
            throw new InvalidOperationException($"{fault.Message}\n\n{logs}", fault);
        }
        finally
        {
            foreach (SimulatedDevice device in devices)
                await device.DisposeAsync();
            foreach (NodeProcess node in nodes)
                await node.DisposeAsync();
        }
    }

    /// <summary>Asks the nodes in turn: the one that was asked may be killed.</summary>
    private static async Task<LatencyTable> BuildAsync(NodeProcess[] nodes)
    {
        for (int turn = 0; ; turn = (turn + 1) % nodes.Length)
        {
            try
            {
                if (nodes[turn].IsAlive)
                {
                    await using var client = await ProfilerConnection.OpenAsync(nodes[turn].Address.ToString(), Cancellation);
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
                    Task<LatencyTable> building = client.BuildTableAsync(
                        Space,
                        new MeasuringOptions(),
                        seed: 1,
                        reuse: true,
                        cancellationToken: patience.Token
                    );
                    while (!building.IsCompleted && nodes[turn].IsAlive)
                        await Task.Delay(200, Cancellation);
                    if (!building.IsCompleted)
                        await patience.CancelAsync();
                    return await building;
                }
            }
            catch (Exception fault)
                when (fault is Latency.UserErrorException or OperationCanceledException && !Cancellation.IsCancellationRequested)
            {
                // The next one.
            }
            await Task.Delay(200, Cancellation);
        }
    }

    /// <summary>Kills one node, two, a third of the devices, and the database, in an order of the seed's.</summary>
    /// <returns>Items that were in flight at the kills: those may be measured twice.</returns>
    private static async Task<int> DisturbAsync(
        Random random,
        NodeProcess[] nodes,
        SimulatedDevice[] devices,
        PostgresServer server,
        CommitWatch watch
    )
    {
        int lost = 0;
        string[] order = ["one node", "two nodes", "devices", "database"];
        random.Shuffle(order);
        foreach (string what in order)
        {
            await watch.AfterAsync(items: 12, Cancellation);
            lost += devices.Sum(device => device.Waiting);
            watch.What = what;
            switch (what)
            {
                case "one node" or "two nodes":
                    NodeProcess[] killed = [.. nodes];
                    random.Shuffle(killed);
                    killed = killed[..(what == "one node" ? 1 : 2)];
                    await Task.WhenAll(killed.Select(node => node.KillAsync()));
                    await watch.AfterAsync(items: 6, Cancellation);
                    await Task.WhenAll(killed.Select(node => node.StartAsync(Cancellation)));
                    break;
                case "devices":
                    SimulatedDevice[] third = [.. devices];
                    random.Shuffle(third);
                    third = third[..(Devices / 3)];
                    await Task.WhenAll(third.Select(device => device.KillAsync()));
                    await watch.AfterAsync(items: 6, Cancellation);
                    foreach (SimulatedDevice device in third)
                        device.Start();
                    break;
                default:
                    watch.IsAway = true;
                    await server.RestartAsync(atOnce: true);
                    watch.IsAway = false;
                    break;
            }
        }
        return lost;
    }
}
