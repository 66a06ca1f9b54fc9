using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A device that stood still past its lease.</summary>
public sealed class FrozenDeviceTests
{
    private static readonly SchedulingRules Soon = new()
    {
        SignEvery = TimeSpan.FromSeconds(1),
        Term = TimeSpan.FromSeconds(3),
        Grace = TimeSpan.FromSeconds(1),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frozen_and_woken_it_changes_nothing_and_works_on()
    {
        await using TestFleet fleet = await TestFleet.StartAsync(Soon);
        await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 }, TimeSpan.FromMilliseconds(30));
        SimulatedDevice frozen = await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2 }, TimeSpan.FromMilliseconds(30));
        await using ProfilerConnection client = await ProfilerConnection.OpenAsync(fleet.Address, Cancellation);
        Task<LatencyTable> building = client.BuildTableAsync(
            ContractClients.Space,
            new MeasuringOptions(),
            seed: 1,
            cancellationToken: Cancellation
        );
        await UntilAsync(async () => await HeldAsync(fleet, "card-1") is { Items.Count: > 1 });
        frozen.Freeze();
        LatencyTable table = await building;

        JobRow job = Assert.Single(await fleet.Store.JobsAsync(frozen.Welcome!.Pool, behind: null, most: 10, Cancellation));
        IReadOnlyList<ItemRow> before = await fleet.Store.ItemsAsync(job.Id, cancellation: Cancellation);
        byte[] json = (await fleet.Store.TableAsync(job.TableId!, Cancellation))!.Value.Json;
        frozen.Wake();
        // It has work again, after all that it had to say.
        await client.BuildTableAsync(ContractClients.Space, new MeasuringOptions(), seed: 2, cancellationToken: Cancellation);
        Assert.Contains(frozen.Measured.Keys, each => each.Job != job.Id);
        Assert.Equal(
            before.Select(item => (item.Position, item.Entry, item.Device)),
            (await fleet.Store.ItemsAsync(job.Id, cancellation: Cancellation)).Select(item => (item.Position, item.Entry, item.Device))
        );
        Assert.Equal(json, (await fleet.Store.TableAsync(job.TableId!, Cancellation))!.Value.Json);
        Assert.All(table.Entries, entry => Assert.Null(entry.Failure));
    }

    [Fact]
    public async Task A_late_result_counts_only_where_nobody_else_has_the_item()
    {
        await using TestFleet fleet = await TestFleet.StartAsync(Soon);
        SimulatedDevice other = await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 });
        await using HandAgent late = await HandAgent.JoinAsync(fleet.Channel, "card-1", new SimulatedCard { Seed = 2, Factor = 1.05 });
        await using ProfilerConnection client = await ProfilerConnection.OpenAsync(fleet.Address, Cancellation);
        Task<LatencyTable> building = client.BuildTableAsync(
            ContractClients.Space,
            new MeasuringOptions(),
            seed: 1,
            cancellationToken: Cancellation
        );
        Stint stint = await late.NextWorkAsync();
        Assert.True(stint.Items.Count > 2, $"A stint of {stint.Items.Count}.");
        await other.KillAsync();
        Assert.True(await fleet.Store.WishAsync("card-1", DeviceWish.Draining, absolve: false, Cancellation));

        // Nothing is heard of it any more: its lease lapses, and nobody else is there.
        Assert.Equal(stint.Lease, (await late.NextAsync(FleetMessage.WhatOneofCase.Revocation)).Revocation.Lease);
        await UntilAsync(async () => (await fleet.Store.LeasesAsync(other.Welcome!.Pool, Cancellation)).Count == 0);
        StintItem counts = stint.Items[^1];
        await late.TellAsync(stint, counts);
        await late.NextAsync(FleetMessage.WhatOneofCase.Kept);
        Assert.Equal("card-1", (await ItemAsync(fleet, stint, counts)).Device);

        // Another device has the item.
        other.Takes = _ => Timeout.InfiniteTimeSpan;
        other.Start();
        Lease? held = null;
        await UntilAsync(async () => (held = await HeldAsync(fleet, "card-0")) is not null);
        StintItem others = stint.Items.First(item => held!.Items.Any(each => each.Position == item.Position));
        await late.TellAsync(stint, others, times: 3);
        await late.NextAsync(FleetMessage.WhatOneofCase.Kept);
        Assert.Null((await ItemAsync(fleet, stint, others)).Entry);
        await other.KillAsync();

        // Others have measured all the rest.
        other.Takes = _ => TimeSpan.FromMilliseconds(5);
        other.Start();
        LatencyTable table = await building;
        IReadOnlyList<ItemRow> before = await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation);
        foreach (StintItem item in stint.Items)
        {
            await late.TellAsync(stint, item, times: 3);
            await late.NextAsync(FleetMessage.WhatOneofCase.Kept);
        }
        IReadOnlyList<ItemRow> after = await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation);
        Assert.Equal(before.Select(item => (item.Entry, item.Device)), after.Select(item => (item.Entry, item.Device)));
        Assert.Equal(["card-1"], after.Where(item => item.Device != "card-0").Select(item => item.Device));
        // The late one is on the reference's scale, too.
        Assert.All(OperatorWork.Of(ContractClients.Space).ToMeasure, spec =>
            Assert.InRange(table[spec] / SimulatedCard.UsualMs(spec.ToString()), 0.985, 1.015)
        );
    }

    private static async Task<ItemRow> ItemAsync(TestFleet fleet, Stint stint, StintItem item) =>
        await fleet.Store.ItemAsync(stint.JobId, item.Key, Cancellation) ?? throw new InvalidOperationException($"No {item.Key}.");

    private static async Task<Lease?> HeldAsync(TestFleet fleet, string device)
    {
        foreach (PoolRow pool in await fleet.Store.PoolsAsync(Cancellation))
        {
            if ((await fleet.Store.LeasesAsync(pool.Id, Cancellation)).FirstOrDefault(lease => lease.Device == device) is { } held)
                return held;
        }
        return null;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Delay(20, Cancellation);
    }
}
