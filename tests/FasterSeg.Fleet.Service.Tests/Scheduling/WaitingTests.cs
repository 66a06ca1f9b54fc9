using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

/// <summary>What is said where nobody measures for a job, and who takes an absent reference's place.</summary>
public sealed class WaitingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_for_a_reference_that_is_away_says_so()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        PoolMind mind = pool.Mind();
        await MeasureAsync(pool, mind, "a");
        mind.Gone("a");
        pool.Time.Advance(2 * pool.Rules.Lately);
        string job = await pool.AddAsync("first", 20);
        mind.Look();
        Assert.Equal(PauseReasons.NobodyIsThere, await mind.PausedAsync(job));
        Assert.Null(await mind.TakeAsync("b"));
        Assert.Equal(
            "b cannot measure before it is compared with the reference card 'a', which takes no work at present: start that one's "
                + "profiler, or make another device the reference with 'fasterseg fleet reference b'",
            await mind.PausedAsync(job)
        );
        Assert.NotNull(await mind.TakeAsync("a"));
        Assert.Null(await mind.PausedAsync(job));
        Assert.Equal("a", (await pool.Store.PoolAsync(pool.Id, Cancellation))!.Reference);
    }

    [Fact]
    public async Task A_reference_that_is_away_and_has_measured_nothing_is_replaced()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        PoolMind mind = pool.Mind();
        await pool.AddAsync("first", 20);
        // It may be starting.
        Assert.Null(await mind.TakeAsync("b"));
        pool.Time.Advance(2 * pool.Rules.Lately);
        StintOffer offer = (await mind.TakeAsync("b"))!;
        Assert.Equal((false, 1), (offer.IsCalibration, offer.Factor));
        Assert.Equal("b", (await pool.Store.PoolAsync(pool.Id, Cancellation))!.Reference);
        Assert.Null(await mind.TakeAsync("a"));
        Assert.Equal("b", (await pool.Store.PoolAsync(pool.Id, Cancellation))!.Reference);
    }

    [Fact]
    public async Task Devices_that_are_drained_are_no_devices_that_are_away()
    {
        await using var pool = await MadePool.OpenAsync("a");
        PoolMind mind = pool.Mind();
        string job = await pool.AddAsync("first", 20);
        await pool.Store.WishAsync("a", DeviceWish.Draining, absolve: false, Cancellation);
        Assert.Null(await mind.TakeAsync("a"));
        Assert.Equal(PauseReasons.NobodyShall, await mind.PausedAsync(job));
    }

    [Fact]
    public async Task A_card_that_is_a_loaded_one_each_time_it_is_compared_is_told_so_and_rests()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        string job = await pool.AddTableAsync("first");
        PoolMind mind = pool.Mind();
        StintOffer first = (await mind.TakeAsync("a"))!;
        for (int i = 0; i < 3; i++)
        {
            StintOffer compare = (await mind.TakeAsync("b"))!;
            Assert.True(compare.IsCalibration);
            await mind.CompareAsync("b", compare.Settings, Measured(pool, compare, 1), "others used 91 % of the processors");
        }
        Assert.Null(await mind.TakeAsync("b"));
        VerdictRow verdict = Assert.Single(await pool.Store.VerdictsAsync(pool.Id, Cancellation));
        Assert.False(verdict.Merged);
        Assert.Equal(
            "It cannot be compared at present: it was a loaded device each of 3 times, the last time others used 91 % of the processors. "
                + "It is compared again in an hour.",
            verdict.Reason
        );
        ItemResult[] results = [.. first.Items.Select(item => new ItemResult(job, item.Position, first.Token, "a", pool.Entry(item.Key)))];
        await pool.Store.CommitAsync(results, Cancellation);

        pool.Time.Advance(TimeSpan.FromHours(1));
        StintOffer again = (await mind.TakeAsync("b"))!;
        Assert.True(again.IsCalibration);
        await mind.CompareAsync("b", again.Settings, Measured(pool, again, 1.04), loaded: null);
        StintOffer work = (await mind.TakeAsync("b"))!;
        Assert.False(work.IsCalibration);
        Assert.InRange(work.Factor, 1.035, 1.045);
    }

    [Fact]
    public async Task A_card_that_rests_uncompared_while_the_reference_is_away_does_not_disagree()
    {
        await using var pool = await MadePool.OpenAsync("a", "b");
        string job = await pool.AddTableAsync("first");
        PoolMind mind = pool.Mind();
        Assert.NotNull(await mind.TakeAsync("a"));
        for (int i = 0; i < 3; i++)
        {
            StintOffer compare = (await mind.TakeAsync("b"))!;
            await mind.CompareAsync("b", compare.Settings, Measured(pool, compare, 1), "others used 91 % of the processors");
        }
        mind.Gone("a");
        pool.Time.Advance(2 * pool.Rules.Lately);
        await mind.SweepAsync();
        Assert.Null(await mind.TakeAsync("b"));
        Assert.Equal(
            "b could not be compared with the reference card 'a' yet, which takes no work at present: start that one's profiler, or make "
                + "another device the reference with 'fasterseg fleet reference b'; why is in 'fasterseg fleet devices'",
            await mind.PausedAsync(job)
        );
    }

    private static (string, string)[] Measured(MadePool pool, StintOffer offer, double factor) =>
        [.. offer.Items.Select(item => (item.Key, pool.Entry(item.Key, factor)))];

    private static async Task MeasureAsync(MadePool pool, PoolMind mind, string device)
    {
        string job = await pool.AddAsync("first", 1);
        mind.Look();
        StintOffer offer = (await mind.TakeAsync(device))!;
        ItemResult result = new(job, 0, offer.Token, device, pool.Entry(offer.Items[0].Key));
        await pool.Store.CommitAsync([result], Cancellation);
        await mind.EndAsync(offer.Token, device, job, [], loaded: null);
    }
}
