using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>Two nodes as processes, PostgreSQL, agents that take chains; some of them vanish with what they have.</summary>
public sealed class ChainChaosTests
{
    // So many end while the fleet is disturbed, the others afterwards.
    private const int Chains = 60,
        Before = 40,
        Agents = 6;

    private static readonly TimeSpan AChain = TimeSpan.FromMilliseconds(150),
        Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<(string Chain, long Token)> ended = [];
    private readonly ConcurrentBag<string> away = [];
    private volatile bool isCalm;
    private int vanished;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_dies_each_chain_is_ended_by_one_lease(int seed)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        string database = await server.NewDatabaseAsync();
        NodeProcess[] nodes = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => NodeProcess.StartAsync(database, Cancellation, "--agent-term", "2"))
        );
        try
        {
            string urls = string.Join(',', nodes.Select(node => node.Address.ToString().TrimEnd('/')));
            using var sweeps = SweepConnection.Open(urls);
            FleetSweep sweep = await sweeps.AddAsync(
                new()
                {
                    Place = "/lab/sweep",
                    Mark = new string('b', 64),
                    Chains = { Enumerable.Range(0, Chains).Select(i => new NewChain { Name = $"chain-{i}" }) },
                },
                Cancellation
            );
            Task[] agents =
            [
                .. Enumerable.Range(0, Agents).Select(i => Task.Run(() => WorkAsync(urls, new Random((100 * seed) + i)), Cancellation)),
            ];
            await DisturbAsync(new Random(seed), nodes, server);
            isCalm = true;
            await Task.WhenAll(agents);

            ShowSweepResponse shown = await AgainAsync(() => sweeps.ShowAsync(sweep.Id, Cancellation));
            Assert.All(shown.Chains, chain => Assert.Equal(ChainState.Done, chain.State));
            // Whoever was told that it has ended a chain was the only one.
            Assert.Equal(Chains, ended.Distinct().Count());
            Assert.Equal(Chains, ended.Select(end => end.Chain).Distinct().Count());
            Assert.All(ended.GroupBy(end => end.Chain), chain => Assert.Single(chain.Select(end => end.Token).Distinct()));
            Assert.True(vanished > 0);
            Assert.NotEmpty(away);
        }
        finally
        {
            foreach (NodeProcess node in nodes)
                await node.DisposeAsync();
        }
    }

    private async Task DisturbAsync(Random random, NodeProcess[] nodes, PostgresServer server)
    {
        string[] order = ["one node", "both nodes", "database"];
        random.Shuffle(order);
        foreach (string what in order)
        {
            await AfterAsync(8);
            switch (what)
            {
                case "one node":
                    NodeProcess node = nodes[random.Next(nodes.Length)];
                    await node.KillAsync();
                    await AfterAsync(8);
                    await node.StartAsync(Cancellation);
                    break;
                case "both nodes":
                    await Task.WhenAll(nodes.Select(each => each.KillAsync()));
                    await NoticeAsync("No fleet answers");
                    await Task.WhenAll(nodes.Select(each => each.StartAsync(Cancellation)));
                    break;
                default:
                    await server.StopAsync(atOnce: true);
                    await NoticeAsync("The fleet's database (fleet_");
                    await server.StartAsync();
                    break;
            }
        }
    }

    /// <summary>Waits until so many more chains have ended, or all that may.</summary>
    private async Task AfterAsync(int more)
    {
        int goal = Math.Min(Before, ended.Count + more);
        while (ended.Count < goal)
            await Task.Delay(Pause, Cancellation);
    }

    /// <summary>Waits until somebody has noticed that nobody is there.</summary>
    private async Task NoticeAsync(string saying)
    {
        int before = away.Count(said => said.Contains(saying, StringComparison.Ordinal));
        while (away.Count(said => said.Contains(saying, StringComparison.Ordinal)) == before)
            await Task.Delay(Pause, Cancellation);
    }

    private async Task WorkAsync(string urls, Random random)
    {
        using var fleet = ChainConnection.Open(urls);
        while (ended.Select(end => end.Chain).Distinct().Count() < Chains)
        {
            var ask = new TakeRequest { Agent = "box", Ask = Guid.NewGuid().ToString() };
            TakeResponse taken = await AgainAsync(() => fleet.TakeAsync(ask, Cancellation));
            if (taken.Lease is not { } lease)
            {
                await Task.Delay(Pause, Cancellation);
                continue;
            }
            await Task.Delay(AChain, Cancellation);
            if (random.Next(5) == 0)
            {
                // As one that is killed.
                Interlocked.Increment(ref vanished);
                continue;
            }
            do
            {
                await AgainAsync(() => fleet.RenewAsync(new() { Signs = { new ChainSign { Token = lease.Token } } }, Cancellation));
                await Task.Delay(Pause, Cancellation);
            } while (!isCalm && ended.Count >= Before);
            var report = new ReportRequest { Token = lease.Token, State = ChainState.Done };
            if ((await AgainAsync(() => fleet.ReportAsync(report, Cancellation))).Kept)
                ended.Add((lease.Chain, lease.Token));
        }
    }

    private async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (FasterSeg.Latency.UserErrorException fault)
            {
                away.Add(fault.Message);
                await Task.Delay(Pause, Cancellation);
            }
        }
    }
}
