using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>A server that goes and comes back while the fleet works.</summary>
public sealed class OutageTests(SharedPostgres postgres)
{
    private static readonly TableIdentity Kind = new("card", "", null, null, "cuda", null, null, null, "fp32", 0, 0, "");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_whose_server_is_away_says_so_and_goes_on_when_it_is_back()
    {
        await using PostgresServer server = await StartAsync();
        await using FleetStore store = await FleetStore.OpenAsync(await server.NewDatabaseAsync(), cancellation: Cancellation);
        (string job, string pool) = await NewJobAsync(store, 2);
        Lease lease = (await store.TakeAsync(job, "a", 2, Cancellation))!;
        await server.StopAsync();
        foreach (
            Func<Task> call in (Func<Task>[])[() => store.PoolsAsync(), () => store.TakeAsync(job, "a", 1, default), () => CommitAsync(0)]
        )
        {
            var away = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.StartsWith("The fleet's database (fleet_", away.Message);
            Assert.DoesNotContain(server.Password, away.Message);
        }
        await server.StartAsync();
        Assert.Equal([CommitOutcome.Kept], await AgainAsync(() => CommitAsync(0)));
        await server.RestartAsync(atOnce: true);
        Assert.Equal([CommitOutcome.Known], await AgainAsync(() => CommitAsync(0)));
        Assert.Equal([CommitOutcome.Kept], await AgainAsync(() => CommitAsync(1)));
        Assert.Equal(2, Assert.Single(await store.RunningAsync(pool, Cancellation)).Done);

        Task<IReadOnlyList<CommitOutcome>> CommitAsync(int position) =>
            store.CommitAsync([new(job, position, lease.Token, "a", "{}")], Cancellation);
    }

    [Fact]
    public async Task With_the_server_restarted_in_the_middle_each_result_is_kept_once()
    {
        await using PostgresServer server = await StartAsync();
        string where = await server.NewDatabaseAsync();
        await using FleetStore first = await FleetStore.OpenAsync(where, cancellation: Cancellation),
            second = await FleetStore.OpenAsync(where, cancellation: Cancellation);
        (string job, _) = await NewJobAsync(first, 1500);
        int kept = 0,
            known = 0,
            away = 0;
        Task[] devices =
        [
            .. Enumerable.Range(0, 6).Select(i => Task.Run(() => WorkAsync(i % 2 == 0 ? first : second, "device-" + i), Cancellation)),
        ];
        foreach (bool atOnce in (bool[])[false, true, true])
        {
            int before = Volatile.Read(ref kept);
            while (Volatile.Read(ref kept) < before + 150 && !devices.All(device => device.IsCompleted))
                await Task.Delay(10, Cancellation);
            await server.RestartAsync(atOnce);
        }
        await Task.WhenAll(devices);

        JobLoad load = (await first.LoadAsync(job, Cancellation))!;
        Assert.Equal((1500, 0, 0), (load.Done, load.Leased, load.Waiting));
        // Each by the very result that says so: nothing was written over.
        Assert.All(await first.ItemsAsync(job, cancellation: Cancellation), item =>
            Assert.StartsWith($"{item.Device} {item.Position} ", item.Entry)
        );
        Assert.Equal(1500, kept + known);
        Assert.True(away > 0, "Nobody noticed that the server was away.");

        async Task WorkAsync(FleetStore store, string device)
        {
            while (true)
            {
                Lease? lease = await AgainAsync(() => store.TakeAsync(job, device, 3, Cancellation), () => Interlocked.Increment(ref away));
                if (lease is null)
                {
                    // A lease whose answer was lost: it lapses.
                    JobLoad now = (await AgainAsync(() => store.LoadAsync(job, Cancellation)))!;
                    if (now.Done == now.Row.Total)
                        return;
                    foreach (
                        Lease lost in (await AgainAsync(() => store.LeasesAsync(now.Row.Job.Pool, Cancellation))).Where(of =>
                            of.Device == device
                        )
                    )
                        await AgainAsync(() => store.ReleaseAsync(lost.Token, Cancellation));
                    continue;
                }
                ItemResult[] results =
                [
                    .. lease.Items.Select(item => new ItemResult(
                        job,
                        item.Position,
                        lease.Token,
                        device,
                        $"{device} {item.Position} {lease.Token}"
                    )),
                ];
                IReadOnlyList<CommitOutcome> outcomes = await AgainAsync(
                    () => store.CommitAsync(results, Cancellation),
                    () => Interlocked.Increment(ref away)
                );
                Interlocked.Add(ref kept, outcomes.Count(outcome => outcome == CommitOutcome.Kept));
                Interlocked.Add(ref known, outcomes.Count(outcome => outcome == CommitOutcome.Known));
            }
        }
    }

    [Fact]
    public async Task A_node_that_is_frozen_within_a_transaction_stops_the_others_for_some_seconds_only()
    {
        string where = await postgres.NewDatabaseAsync();
        await using FleetStore frozen = await FleetStore.OpenAsync(where, cancellation: Cancellation),
            store = await FleetStore.OpenAsync(where, cancellation: Cancellation);
        (string job, _) = await NewJobAsync(store, 1);
        Lease lease = (await store.TakeAsync(job, "a", 1, Cancellation))!;
        var holds = new TaskCompletionSource();
        var goesOn = new TaskCompletionSource();
        Task freezing = frozen.Database.WriteAsync(
            async turn =>
            {
                await turn.DoAsync("UPDATE job SET message = 'frozen' WHERE id = @job", new { job });
                holds.SetResult();
                await goesOn.Task;
                await turn.DoAsync("UPDATE job SET state = 'failed' WHERE id = @job", new { job });
            },
            Cancellation
        );
        await holds.Task;
        Assert.Equal([CommitOutcome.Kept], await store.CommitAsync([new(job, 0, lease.Token, "a", "{}")], Cancellation));
        goesOn.SetResult();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => freezing);
        Assert.Equal((FleetJobState.Running, ""), await store.JobAsync(job, Cancellation) is { } row ? (row.State, row.Message) : default);
    }

    private static async Task<PostgresServer> StartAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await PostgresServer.StartNewAsync();
    }

    private static async Task<(string Job, string Pool)> NewJobAsync(FleetStore store, int items)
    {
        PoolRow pool = await store.PoolOfAsync(Kind, "card", Cancellation);
        NewJob asked = new(pool.Id, JobKind.Table, SearchSpace.Paper(256, 512), new(), "ann");
        (JobRow job, _) = await store.AddJobAsync(asked, [.. Enumerable.Range(0, items).Select(i => $"key-{i}")], Cancellation);
        return (job.Id, pool.Id);
    }

    /// <summary>As whoever uses the store has to: calls again until it answers.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call, Action? away = null)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException)
            {
                away?.Invoke();
                await Task.Delay(50, Cancellation);
            }
        }
    }
}
