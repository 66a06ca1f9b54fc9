using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using Npgsql;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>What was written while the answer got lost: called again, each method says what is so.</summary>
public sealed class LostAnswerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly SearchSpace Space = SearchSpace.Paper(256, 512);
    private static readonly TableIdentity Kind = new("card", "", null, null, "cuda", null, null, null, "fp32", 0, 0, "");

    private AnswerThief thief = null!;
    private FleetStore store = null!;
    private PoolRow pool = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var where = new NpgsqlConnectionStringBuilder(await postgres.NewDatabaseAsync());
        thief = new(where.Port);
        where.Port = thief.Port;
        store = await FleetStore.OpenAsync(where.ToString(), cancellation: Cancellation);
        pool = await store.PoolOfAsync(Kind, "card", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null)
            await store.DisposeAsync();
        if (thief is not null)
            await thief.DisposeAsync();
    }

    [Fact]
    public async Task Results_are_known()
    {
        JobRow job = await NewJobAsync();
        Lease lease = (await store.TakeAsync(job.Id, "a", 3, Cancellation))!;
        ItemResult[] results = [.. lease.Items.Select(item => new ItemResult(job.Id, item.Position, lease.Token, "a", "{}"))];
        Assert.Equal(
            [CommitOutcome.Known, CommitOutcome.Known, CommitOutcome.Known],
            await TwiceAsync(() => store.CommitAsync(results, Cancellation))
        );
        Assert.Equal(3, (await store.LoadAsync(job.Id, Cancellation))!.Done);

        Assert.False(await TwiceAsync(() => store.FinishAsync(job.Id, null, default, Cancellation)));
        Assert.Equal(FleetJobState.Done, (await store.JobAsync(job.Id, Cancellation))!.State);
    }

    [Fact]
    public async Task A_failure_is_told_again()
    {
        JobRow job = await NewJobAsync();
        Lease lease = (await store.TakeAsync(job.Id, "a", 1, Cancellation))!;
        Assert.Equal(["a"], await TwiceAsync(() => store.FailedAtAsync(new(job.Id, 0, lease.Token, "a", "{}"), Cancellation)));
        Assert.Equal(3, (await store.LoadAsync(job.Id, Cancellation))!.Waiting);
    }

    [Fact]
    public async Task A_strike_counts_once()
    {
        await store.JoinAsync("a", pool.Id, "GPU-a", "{}", Cancellation);
        JobRow job = await NewJobAsync();
        Lease lease = (await store.TakeAsync(job.Id, "a", 1, Cancellation))!;
        await store.FailedAtAsync(new(job.Id, 0, lease.Token, "a", "{}"), Cancellation);
        Assert.Empty(await TwiceAsync(() => store.StrikeAsync(job.Id, 0, "b", most: 2, "it failed", Cancellation)));
        DeviceRow device = (await store.DeviceAsync("a", Cancellation))!;
        Assert.Equal((1, null), (device.Strikes, device.Aside));
    }

    [Fact]
    public async Task A_job_is_added_and_resumed_once()
    {
        JobRow job = await TwiceAsync(NewJobAsync);
        Assert.Equal(job.Id, Assert.Single(await store.RunningAsync(pool.Id, Cancellation)).Row.Id);
        Assert.False(await TwiceAsync(() => store.EndAsync(job.Id, FleetJobState.Failed, "", Cancellation)));
        Assert.Equal(job.Id, (await TwiceAsync(() => store.ResumeAsync(pool.Id, Space, new(), anew: false, Cancellation)))!.Id);
        Assert.Single(await store.RunningAsync(pool.Id, Cancellation));
    }

    [Fact]
    public async Task What_was_taken_is_among_the_leases()
    {
        JobRow job = await NewJobAsync();
        Assert.Null(await TwiceAsync(() => store.TakeAsync(job.Id, "a", 3, Cancellation)));
        Lease lease = Assert.Single(await store.LeasesAsync(pool.Id, Cancellation));
        Assert.Equal(("a", 3), (lease.Device, lease.Items.Count));
    }

    private async Task<JobRow> NewJobAsync() =>
        (
            await store.AddJobAsync(
                new NewJob(pool.Id, JobKind.Table, Space, new MeasurementSettings(), "ann"),
                ["x", "y", "z"],
                Cancellation
            )
        ).Job;

    /// <summary>The answer to a second call, when the first one's got lost.</summary>
    private async Task<T> TwiceAsync<T>(Func<Task<T>> call)
    {
        int before = thief.Stolen;
        thief.StealNext();
        await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.Equal(before + 1, thief.Stolen);
        return await call();
    }
}
