using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Tables through a node, as they are asked for from a profiler.</summary>
public sealed class TableContractTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_listed_in_pages_and_read()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        var made = new List<string>();
        for (ulong seed = 1; seed <= 3; seed++)
            made.Insert(0, (await clients.BuildAsync(ContractClients.Table(seed)))[^1].TableId);
        ListTablesResponse all = await clients.Tables.ListTablesAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(made, all.Tables.Select(table => table.Id));
        Assert.All(all.Tables, table => Assert.Equal(ContractClients.Space.ToMessage(), table.Space));
        ListTablesResponse first = await clients.Tables.ListTablesAsync(new() { PageSize = 2 }, cancellationToken: Cancellation),
            second =
                await clients.Tables.ListTablesAsync(
                    new() { PageSize = 2, PageToken = first.NextPageToken },
                    cancellationToken: Cancellation
                );
        Assert.Equal(made, first.Tables.Concat(second.Tables).Select(table => table.Id));
        Assert.Equal((2, ""), (first.Tables.Count, second.NextPageToken));
        Assert.All(first.Tables, table => Assert.Null(table.Space));

        Assert.Equal(all.Tables[0].Entries, (await ReadAsync(clients, made[0])).Entries.Count);
        Assert.Equal(
            (StatusCode.NotFound, "This fleet has no table 'none': list its tables, or have it build one."),
            await ContractClients.RefusalAsync(() => ReadAsync(clients, "none"))
        );
        foreach (
            ListTablesRequest wrong in new ListTablesRequest[]
            {
                new() { PageSize = 1001 },
                new() { PageToken = "none" },
            }
        )
            Assert.Equal(
                StatusCode.InvalidArgument,
                (await ContractClients.RefusalAsync(async () => await clients.Tables.ListTablesAsync(wrong))).Status
            );
    }

    [Fact]
    public async Task A_table_is_reused_where_that_is_asked_for_and_two_who_ask_at_a_time_get_one()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        List<BuildTableResponse>[] both = await Task.WhenAll(
            clients.BuildAsync(ContractClients.Table()),
            clients.BuildAsync(ContractClients.Table())
        );
        Assert.Equal((both[0][^1].JobId, both[0][^1].TableId), (both[1][^1].JobId, both[1][^1].TableId));
        Assert.Equal(ContractClients.Items, fleet.Devices[0].Measured.Values.Sum());
        BuildTableResponse reused = Assert.Single(await clients.BuildAsync(ContractClients.Table(seed: 2, reuse: true)));
        Assert.Equal(both[0][^1].TableId, reused.TableId);
        BuildTableResponse another = (await clients.BuildAsync(ContractClients.Table()))[^1];
        Assert.NotEqual(reused.TableId, another.TableId);
        Assert.Equal(2 * ContractClients.Items, fleet.Devices[0].Measured.Values.Sum());
        // Whoever lost its connection before the end is told of what it waited for.
        BuildTableRequest again = ContractClients.Table();
        again.JobId = both[0][^1].JobId;
        Assert.Equal(both[0][^1].TableId, Assert.Single(await clients.BuildAsync(again)).TableId);
    }

    [Fact]
    public async Task A_cancelled_job_goes_on_or_begins_anew()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        SimulatedDevice card = await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        string job = await clients.BeginAsync(ContractClients.Table(), operators: 30);
        await clients.Profiler.CancelJobAsync(new() { Id = job }, cancellationToken: Cancellation);
        List<BuildTableResponse> further = await clients.BuildAsync(ContractClients.Table());
        Assert.Equal(job, further[^1].JobId);
        Assert.True(further[0].Done >= 30, $"It goes on at {further[0].Done}.");

        string second = await clients.BeginAsync(ContractClients.Table(), operators: 30);
        await clients.Profiler.CancelJobAsync(new() { Id = second }, cancellationToken: Cancellation);
        int before = card.Measured.Values.Sum();
        List<BuildTableResponse> anew = await clients.BuildAsync(ContractClients.Table(anew: true));
        Assert.True(anew[0].Done < 30, $"It begins at {anew[0].Done}.");
        Assert.True(card.Measured.Values.Sum() - before >= ContractClients.Items, "Not all was measured again.");
        // Nothing of what was to be forgotten comes back.
        List<BuildTableResponse> next = await clients.BuildAsync(ContractClients.Table());
        Assert.True(next[0].Done < 30, $"The next one begins at {next[0].Done}.");
        Assert.NotEqual(anew[^1].TableId, next[^1].TableId);
    }

    [Fact]
    public async Task A_refreshed_table_tells_the_drift_and_reaches_its_watcher()
    {
        double drift = 1;
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { TrueMs = key => drift * SimulatedCard.UsualMs(key) });
        var clients = new ContractClients(fleet);
        string table = (await clients.BuildAsync(ContractClients.Table()))[^1].TableId;
        using AsyncServerStreamingCall<WatchTableResponse> watch = clients.Tables.WatchTable(
            new() { Space = ContractClients.Space.ToMessage() },
            cancellationToken: Cancellation
        );
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(table, watch.ResponseStream.Current.Table.Id);

        drift = 1.1;
        using AsyncServerStreamingCall<RefreshTableResponse> refresh = clients.Tables.RefreshTable(
            new() { Id = table, Share = 0.5 },
            cancellationToken: Cancellation
        );
        List<RefreshTableResponse> told = await ContractClients.AllAsync(refresh.ResponseStream);
        Assert.Equal(told[^1].Total, told.Count - 1);
        Assert.InRange(told[^1].Total, ContractClients.Items / 2, (ContractClients.Items / 2) + 1);
        Assert.InRange(told[^1].MedianRatio, 1.08, 1.12);
        Assert.Equal(1, told[^1].OutsideInterval);
        Assert.All(told[..^1], each => Assert.InRange(each.Statistics.MedianMs / each.BeforeMs, 1.08, 1.12));
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(told[^1].TableId, watch.ResponseStream.Current.Table.Id);
        LatencyTable now = await ReadAsync(clients, told[^1].TableId),
            then = await ReadAsync(clients, table);
        string[] changed = [.. now.Entries.Where(entry => entry.MedianMs != then[entry.Spec]).Select(entry => entry.Spec.ToString())];
        Assert.Equal(told[..^1].Select(each => each.Key).Order(), changed.Order());
    }

    [Fact]
    public async Task A_refreshed_table_names_the_cards_of_what_was_not_measured_again()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        for (int i = 0; i < 3; i++)
            await fleet.AddAsync($"card-{i}", new SimulatedCard { Factor = 1 + (0.03 * i), Seed = i });
        var clients = new ContractClients(fleet);
        string table = (await clients.BuildAsync(ContractClients.Table()))[^1].TableId;
        LatencyTable then = await ReadAsync(clients, table);
        Assert.True(then.Members.Count > 1, "One card measured all.");
        using AsyncServerStreamingCall<RefreshTableResponse> refresh = clients.Tables.RefreshTable(
            new() { Id = table, Share = 0.001 },
            cancellationToken: Cancellation
        );
        List<RefreshTableResponse> told = await ContractClients.AllAsync(refresh.ResponseStream);
        Assert.Equal(1, told[^1].Total);
        LatencyTable now = await ReadAsync(clients, told[^1].TableId);
        Assert.Equal(Cards(then), Cards(now));

        static IEnumerable<(string, double)> Cards(LatencyTable of) => of.Members.Select(member => (member.Id, member.Factor));
    }

    [Fact]
    public async Task Raw_samples_of_a_job_are_there()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        List<BuildTableResponse> told = await clients.BuildAsync(ContractClients.Table());
        BuildTableResponse one = told.First(each => each.Key.Length > 0);
        GetSamplesResponse samples = await clients.Profiler.GetSamplesAsync(
            new() { JobId = one.JobId, Key = one.Key },
            cancellationToken: Cancellation
        );
        Assert.Equal(3, samples.Sessions.Count);
        Assert.All(samples.Sessions, session => Assert.All(session.SamplesMs, ms => Assert.Equal(one.Statistics.MedianMs, ms, 1e-9)));
        Assert.Equal(StatusCode.NotFound, await AskAsync(one.JobId, "conv h999 w8 c8-8 s1"));
        Assert.Equal(StatusCode.InvalidArgument, await AskAsync(one.JobId, "conv"));
        Assert.Equal(StatusCode.NotFound, await AskAsync("none", one.Key));

        async Task<StatusCode> AskAsync(string job, string key) =>
            (
                await ContractClients.RefusalAsync(async () =>
                    await clients.Profiler.GetSamplesAsync(new() { JobId = job, Key = key }, cancellationToken: Cancellation)
                )
            ).Status;
    }

    private static async Task<LatencyTable> ReadAsync(ContractClients clients, string id)
    {
        using AsyncServerStreamingCall<GetTableResponse> call = clients.Tables.GetTable(new() { Id = id }, cancellationToken: Cancellation);
        byte[] json = [.. (await ContractClients.AllAsync(call.ResponseStream)).SelectMany(part => part.Chunk)];
        return LatencyTableJson.Parse(json, "the answer");
    }
}
