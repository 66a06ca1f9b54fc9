using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A fleet of one node and simulated devices, asked as a profiler is.</summary>
public sealed class FleetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_of_several_cards_is_that_of_the_reference()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        double[] factors = [1, 1, 1.05, 0.96];
        for (int i = 0; i < factors.Length; i++)
            await fleet.AddAsync($"card-{i}", new SimulatedCard { Factor = factors[i], Seed = i });
        await using ProfilerConnection client = await ProfilerConnection.OpenAsync(fleet.Address, Cancellation);
        Assert.Equal("simulated card", client.Device.Name);
        var told = new ConcurrentQueue<TableProgress>();
        LatencyTable table = await client.BuildTableAsync(
            ContractClients.Space,
            new MeasuringOptions(),
            seed: 1,
            told.Enqueue,
            cancellationToken: Cancellation
        );

        OperatorWork work = OperatorWork.Of(ContractClients.Space);
        Assert.Equal(work.ToMeasure.Count + work.Defined.Count, table.Entries.Count);
        Assert.All(work.ToMeasure, spec => Assert.InRange(table[spec] / SimulatedCard.UsualMs(spec.ToString()), 0.985, 1.015));
        Assert.Equal("SIM-card-0", table.Identity.DeviceUuid);
        // A load is of a moment, and that of the joining says nothing of the table.
        Assert.DoesNotContain("load_average", table.Environment.Keys.Concat(client.Device.Environment.Keys));
        Assert.Equal("performance", table.Environment["governor"]);
        Assert.Contains(table.Members, member => member.Id == "card-2" && Math.Abs(member.Factor - 1.05) < 0.01);
        Assert.Equal(work.ToMeasure.Count, table.Members.Sum(member => member.Entries));
        Assert.Equal(work.ToMeasure.Count, told.Last().Total);
        await AssertEachItemOnceAsync(fleet, work.ToMeasure.Count);
    }

    private static async Task AssertEachItemOnceAsync(TestFleet fleet, int items)
    {
        PoolRow pool = Assert.Single(await fleet.Store.PoolsAsync(Cancellation));
        JobRow job = Assert.Single(await fleet.Store.JobsAsync(pool.Id, behind: null, most: 10, Cancellation));
        Assert.Equal(FleetJobState.Done, job.State);
        IReadOnlyList<ItemRow> rows = await fleet.Store.ItemsAsync(job.Id, cancellation: Cancellation);
        Assert.Equal(items, rows.Count);
        Assert.All(rows, row => Assert.NotNull(row.Entry));
        Assert.All(Enumerable.Range(0, items), position =>
            Assert.Equal(1, fleet.Devices.Sum(device => device.Measured.GetValueOrDefault((job.Id, position))))
        );
    }
}
