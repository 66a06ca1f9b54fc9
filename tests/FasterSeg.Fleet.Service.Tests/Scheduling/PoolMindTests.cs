using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

/// <summary>Who gets what, and what happens where somebody is wrong about it.</summary>
public sealed class PoolMindTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_client_comes_first_within_two_stints_whatever_waits()
    {
        await using var pool = await MadePool.OpenAsync("a");
        string large = await pool.AddAsync("first", 10_000);
        PoolMind mind = pool.Mind();
        Assert.Equal(large, (await mind.TakeAsync("a"))!.Job);
        string small = await pool.AddAsync("second", 100);
        mind.Look();
        string[] jobs = [(await mind.TakeAsync("a"))!.Job, (await mind.TakeAsync("a"))!.Job];
        Assert.Contains(small, jobs);
    }

    [Fact]
    public async Task Clients_share_by_items_and_a_step_of_priority_counts_twice()
    {
        await using var pool = await MadePool.OpenAsync("a");
        string usual = await pool.AddAsync("first", 3000),
            urgent = await pool.AddAsync("second", 3000, priority: 1);
        PoolMind mind = pool.Mind();
        var had = new Dictionary<string, int>();
        for (int i = 0; i < 30; i++)
        {
            StintOffer offer = (await mind.TakeAsync("a"))!;
            had[offer.Job] = had.GetValueOrDefault(offer.Job) + offer.Items.Count;
        }
        Assert.InRange((double)had[urgent] / had[usual], 1.7, 2.3);
    }

    [Fact]
    public async Task Stints_become_short_towards_the_end()
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 60);
        PoolMind mind = pool.Mind();
        var sizes = new List<int>();
        while (await mind.TakeAsync("a") is { } offer)
            sizes.Add(offer.Items.Count);
        Assert.Equal(60, sizes.Sum());
        Assert.Equal(25, sizes[0]);
        Assert.Equal(1, sizes[^1]);
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Fact]
    public async Task Two_minds_at_a_time_give_each_item_once()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        string job = await pool.AddAsync("first", 300);
        PoolMind one = pool.Mind(),
            two = pool.Mind();
        var given = new List<int>();
        await Task.WhenAll(TakeAllAsync(one, "a"), TakeAllAsync(two, "a"));
        Assert.Equal(Enumerable.Range(0, 300), given.Order());
        Assert.NotNull(job);

        async Task TakeAllAsync(PoolMind mind, string device)
        {
            while (await mind.TakeAsync(device) is { } offer)
            {
                lock (given)
                    given.AddRange(offer.Items.Select(item => item.Position));
            }
        }
    }

    [Fact]
    public async Task A_lease_without_a_sign_lapses_and_one_with_signs_does_not()
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 20);
        PoolMind mind = pool.Mind();
        StintOffer offer = (await mind.TakeAsync("a"))!;
        for (int i = 0; i < 5; i++)
        {
            pool.Time.Advance(pool.Rules.Term / 2);
            await mind.SignAsync([new("a", [offer.Token])]);
            Assert.Empty((await mind.SweepAsync()).Lapsed);
        }
        pool.Time.Advance(pool.Rules.Term);
        Assert.Equal([(offer.Token, "a")], (await mind.SweepAsync()).Lapsed.Select(lease => (lease.Token, lease.Device)));
        StintOffer again = (await mind.TakeAsync("a"))!;
        Assert.True(again.Token > offer.Token);
        Assert.Equal(offer.Items.Select(item => item.Position), again.Items.Select(item => item.Position));
    }

    [Fact]
    public async Task Many_devices_that_ask_at_once_get_each_item_once_and_share_it_between_jobs_and_clients()
    {
        string[] devices = [.. Enumerable.Range(0, 150).Select(i => $"d{i}")];
        await using var pool = await MadePool.OpenAsync(devices);
        string[] jobs = [await pool.AddAsync("anna", 60), await pool.AddAsync("bert", 60), await pool.AddAsync("bert", 7)];
        PoolMind mind = pool.Mind();
        foreach (string device in devices.Skip(1))
            await pool.Store.JudgeAsync(device, pool.WayOfOperators, pool.Merged(device), Cancellation);
        StintOffer?[] offers = await Task.WhenAll(devices.Select(mind.TakeAsync));
        StintOffer[] got = [.. offers.OfType<StintOffer>()];
        Assert.Equal(127, got.Length);
        Assert.All(got, offer => Assert.Single(offer.Items));
        Assert.Equal(127, got.Select(offer => (offer.Job, offer.Items[0].Position)).Distinct().Count());
        Assert.Equal([60, 60, 7], jobs.Select(job => got.Count(offer => offer.Job == job)));
        // Both clients' turns came in equal numbers, as long as both had something.
        Assert.InRange(got.Take(64).Count(offer => offer.Job == jobs[0]), 28, 36);
        Assert.Equal(127, (await pool.Store.LeasesAsync(pool.Id, Cancellation)).Count);
    }

    [Fact]
    public async Task A_lease_whose_answer_was_lost_goes_back_soon()
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 20);
        PoolMind mind = pool.Mind();
        StintOffer lost = (await mind.TakeAsync("a"))!;
        await mind.SignAsync([new("a", [])]);
        Assert.Single(await pool.Store.LeasesAsync(pool.Id, Cancellation));
        pool.Time.Advance(pool.Rules.Answer);
        await mind.SignAsync([new("a", [])]);
        Assert.Empty(await pool.Store.LeasesAsync(pool.Id, Cancellation));
        Assert.Equal(lost.Items[0].Position, (await mind.TakeAsync("a"))!.Items[0].Position);
    }

    [Fact]
    public async Task A_mind_that_begins_anew_finds_leases_and_gives_them_a_fresh_term()
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 20);
        StintOffer offer = (await pool.Mind().TakeAsync("a"))!;
        pool.Time.Advance(10 * pool.Rules.Term);
        PoolMind mind = pool.Mind();
        Assert.Empty((await mind.SweepAsync()).Lapsed);
        pool.Time.Advance(pool.Rules.Term);
        Assert.Equal([(offer.Token, "a")], (await mind.SweepAsync()).Lapsed.Select(lease => (lease.Token, lease.Device)));
    }

    [Theory]
    [InlineData(false, nameof(CommitOutcome.Kept))]
    [InlineData(true, nameof(CommitOutcome.Dropped))]
    public async Task A_late_result_counts_where_nobody_else_has_the_item(bool isTakenAgain, string expected)
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 1);
        PoolMind mind = pool.Mind();
        StintOffer offer = (await mind.TakeAsync("a"))!;
        pool.Time.Advance(pool.Rules.Term);
        await mind.SweepAsync();
        if (isTakenAgain)
            Assert.NotNull(await mind.TakeAsync("a"));
        var late = new ItemResult(offer.Job, 0, offer.Token, "a", pool.Entry(offer.Items[0].Key));
        Assert.Equal(expected, Assert.Single(await pool.Store.CommitAsync([late], Cancellation)).ToString());
    }

    [Fact]
    public async Task A_device_that_drains_or_is_set_aside_gets_nothing()
    {
        await using var pool = await MadePool.OpenAsync("a");
        await pool.AddAsync("first", 20);
        PoolMind mind = pool.Mind();
        await pool.Store.WishAsync("a", DeviceWish.Draining, absolve: false, Cancellation);
        Assert.Null(await mind.TakeAsync("a"));
        await pool.Store.WishAsync("a", DeviceWish.InService, absolve: false, Cancellation);
        StintOffer offer = (await mind.TakeAsync("a"))!;
        ItemResult failed = new(offer.Job, offer.Items[0].Position, offer.Token, "a", "{}");
        await pool.Store.FailedAtAsync(failed, Cancellation);
        Assert.Single(await pool.Store.StrikeAsync(offer.Job, failed.Position, "b", most: 1, "it failed", Cancellation));
        Assert.Null(await mind.TakeAsync("a"));
        await pool.Store.WishAsync("a", DeviceWish.InService, absolve: true, Cancellation);
        Assert.NotNull(await mind.TakeAsync("a"));
    }

    [Fact]
    public async Task A_card_works_once_it_was_compared_and_is_compared_again_where_its_sentinel_drifts()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        string job = await pool.AddTableAsync("first");
        PoolMind mind = pool.Mind();
        StintOffer first = (await mind.TakeAsync("a"))!;
        StintOffer compare = (await mind.TakeAsync("b"))!;
        Assert.True(compare.IsCalibration);
        Assert.Equal(12, compare.Items.Count);
        // What the reference holds and measures in any case.
        Assert.All(compare.Items, item => Assert.Contains(item.Key, first.Items.Select(each => each.Key)));
        await mind.CompareAsync("b", compare.Settings, [.. compare.Items.Select(item => (item.Key, pool.Entry(item.Key, 1.04)))], null);
        Assert.Null(await mind.TakeAsync("b"));
        ItemResult[] results = [.. first.Items.Select(item => new ItemResult(job, item.Position, first.Token, "a", pool.Entry(item.Key)))];
        await pool.Store.CommitAsync(results, Cancellation);
        StintOffer work = (await mind.TakeAsync("b"))!;
        Assert.False(work.IsCalibration);
        Assert.InRange(work.Factor, 1.035, 1.045);

        await mind.EndAsync(work.Token, "b", job, [1.0, 1.01], loaded: null);
        Assert.False((await mind.TakeAsync("b"))!.IsCalibration);
        await mind.EndAsync(work.Token, "b", job, [1.2, 1.2], loaded: "others use it");
        Assert.False((await mind.TakeAsync("b"))!.IsCalibration);
        await mind.EndAsync(work.Token, "b", job, [1.2, 1.2], loaded: null);
        Assert.True((await mind.TakeAsync("b"))!.IsCalibration);
    }
}
