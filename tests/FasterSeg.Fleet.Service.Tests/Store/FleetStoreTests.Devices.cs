using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    [Fact]
    public async Task A_kind_has_one_pool()
    {
        PoolRow[] pools = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Store.PoolOfAsync(Kind with { Precision = "fp16" }, "name " + i, Cancellation))
        );
        Assert.Single(pools.Distinct());
        Assert.NotEqual(Pool.Id, pools[0].Id);
        Assert.Equal((Kind with { Precision = "fp16" }, null), (pools[0].Kind, pools[0].Reference));
        Assert.Equal([Pool, pools[0]], await Store.PoolsAsync(Cancellation));
    }

    [Fact]
    public async Task A_reference_is_replaced_only_by_who_knows_it()
    {
        Assert.Equal("a", await Store.SetReferenceAsync(Pool.Id, "a", null, Cancellation));
        Assert.Equal("a", await Store.SetReferenceAsync(Pool.Id, "b", null, Cancellation));
        Assert.Equal("a", await Store.SetReferenceAsync(Pool.Id, "b", "c", Cancellation));
        Assert.Equal("b", await Store.SetReferenceAsync(Pool.Id, "b", "a", Cancellation));
        Assert.Equal("b", Assert.Single(await Store.PoolsAsync(Cancellation)).Reference);
    }

    [Fact]
    public async Task A_name_belongs_to_one_physical_device()
    {
        DateTimeOffset first = Clock.Now;
        Clock.Now += TimeSpan.FromDays(1);
        DeviceRow again = (await Store.JoinAsync("a", Pool.Id, "GPU-a", """{"version":"2"}""", Cancellation))!;
        Assert.Equal(new DeviceRow("a", Pool.Id, "GPU-a", """{"version":"2"}""", DeviceWish.InService, 0, null, first, Clock.Now), again);
        Assert.Null(await Store.JoinAsync("a", Pool.Id, "GPU-x", "{}", Cancellation));
        PoolRow other = await Store.PoolOfAsync(Kind with { Precision = "fp16" }, "other", Cancellation);
        Assert.Equal(other.Id, (await Store.JoinAsync("a", other.Id, "GPU-a", "{}", Cancellation))!.Pool);
        // Of another kind, and back.
        Assert.Equal(again, await Store.JoinAsync("a", Pool.Id, "GPU-a", """{"version":"2"}""", Cancellation));
        Assert.Equal(again, await Store.DeviceAsync("a", Cancellation));
        Assert.Null(await Store.DeviceAsync("x", Cancellation));

        Assert.NotNull(await Store.JoinAsync("B", other.Id, "GPU-B", "{}", Cancellation));
        Assert.Equal(["a", "b", "c"], (await Store.DevicesAsync(Pool.Id, Cancellation)).Select(device => device.Id));
        Assert.Equal(["B", "a", "b", "c"], (await Store.DevicesAsync(null, Cancellation)).Select(device => device.Id));
    }

    [Fact]
    public async Task Of_those_that_join_at_once_under_one_name_one_is_taken()
    {
        DeviceRow?[] joined = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Store.JoinAsync("new", Pool.Id, "GPU-" + i, "{}", Cancellation))
        );
        Assert.Single(joined, device => device is not null);
    }

    [Fact]
    public async Task Devices_that_were_heard_of_have_a_new_time()
    {
        DateTimeOffset before = Clock.Now;
        Clock.Now += TimeSpan.FromSeconds(30);
        await Store.SeenAsync(["a", "c", "x"], Cancellation);
        await Store.SeenAsync([], Cancellation);
        Assert.Equal([Clock.Now, before, Clock.Now], (await Store.DevicesAsync(Pool.Id, Cancellation)).Select(device => device.LastSeen));
    }

    [Fact]
    public async Task Present_are_those_who_may_work_and_were_heard_of_lately()
    {
        DateTimeOffset before = Clock.Now;
        Clock.Now += TimeSpan.FromSeconds(90);
        DeviceRow again = (await Store.JoinAsync("a", Pool.Id, "GPU-a", "{}", Cancellation))!;
        Assert.Equal(Clock.Now, again.LastSeen);
        Assert.True(again.IsAs(Pool.Id, "GPU-a", "{}", Clock.Now + TimeSpan.FromMinutes(9)));
        Assert.False(again.IsAs(Pool.Id, "GPU-a", "{}", Clock.Now + TimeSpan.FromMinutes(11)));
        Assert.False(again.IsAs("another", "GPU-a", "{}", Clock.Now) || again.IsAs(Pool.Id, "GPU-b", "{}", Clock.Now));
        Assert.False(again.IsAs(Pool.Id, "GPU-a", "{ }", Clock.Now));
        await Store.SeenAsync(["b"], Cancellation);
        Assert.Equal(["a", "b"], (await Store.PresentAsync(Pool.Id, before, Cancellation)).Order(StringComparer.Ordinal));
        await Store.WishAsync("b", DeviceWish.Draining, absolve: false, Cancellation);
        string job = await NewJobAsync(1);
        await Store.FailedAtAsync(Result(await TakeAsync(job, "a", 1), 0), Cancellation);
        await Store.StrikeAsync(job, 0, measuredBy: "c", most: 1, "wrong", Cancellation);
        Assert.Empty(await Store.PresentAsync(Pool.Id, before, Cancellation));
        Assert.Equal(["a", "c"], (await Store.DevicesOfAsync(["a", "c", "x"], Cancellation)).Select(each => each.Id).Order());
    }

    [Fact]
    public async Task Strikes_set_a_device_aside_until_it_is_absolved()
    {
        string job = await NewJobAsync(3);
        for (int position = 0; position < 3; position++)
        {
            Lease lease = await TakeAsync(job, "a", 1);
            Assert.Equal(["a"], await Store.FailedAtAsync(Result(lease, position), Cancellation));
        }
        // It is no fault of who could not do it either.
        Assert.Empty(await StrikeAsync(0, by: "a", "no answer"));
        Assert.Equal([("a", 1, null)], await StrikeAsync(0, by: "b", "no answer"));
        // Told again, and of one that failed at nothing, it counts no more.
        Assert.Empty(await StrikeAsync(0, by: "b", "no answer"));
        Assert.Empty(await StrikeAsync(0, by: "c", "no answer"));
        // PostgreSQL's texts have no zero byte, a device's may.
        Assert.Equal([("a", 2, "wrong numbers ")], await StrikeAsync(1, by: "b", "wrong numbers\0"));
        await Store.CalibrateAsync([new("a", "way", "key", "{}"), new("b", "way", "key", "{}")], Cancellation);
        await Store.JudgeAsync("a", "way", Verdict("a"), Cancellation);

        Assert.True(await Store.WishAsync("a", DeviceWish.Draining, absolve: false, Cancellation));
        DeviceRow device = (await Store.DeviceAsync("a", Cancellation))!;
        Assert.Equal((DeviceWish.Draining, 2, "wrong numbers "), (device.Wish, device.Strikes, device.Aside));
        Assert.True(await Store.WishAsync("a", DeviceWish.InService, absolve: true, Cancellation));
        device = (await Store.DeviceAsync("a", Cancellation))!;
        Assert.Equal((DeviceWish.InService, 0, null), (device.Wish, device.Strikes, device.Aside));
        Assert.Empty(await Store.VerdictsAsync(Pool.Id, Cancellation));
        Assert.Equal("b", Assert.Single(await Store.CalibrationsAsync(Pool.Id, "way", Cancellation)).Device);
        Assert.False(await Store.WishAsync("x", DeviceWish.InService, absolve: true, Cancellation));

        async Task<(string, int, string?)[]> StrikeAsync(int position, string by, string reason) =>
            [.. (await Store.StrikeAsync(job, position, by, 2, reason, Cancellation)).Select(each => (each.Id, each.Strikes, each.Aside))];
    }

    [Fact]
    public async Task A_pools_verdicts_of_one_way_are_forgotten_together()
    {
        PoolRow other = await Store.PoolOfAsync(Kind with { Precision = "fp16" }, "other", Cancellation);
        Assert.NotNull(await Store.JoinAsync("d", other.Id, "GPU-d", "{}", Cancellation));
        Assert.Equal((3, 1), (await Store.CountDevicesAsync(Pool.Id, Cancellation), await Store.CountDevicesAsync(other.Id, Cancellation)));
        foreach ((string device, string way) in new[] { ("a", "w"), ("b", "w"), ("b", "v"), ("d", "w") })
        {
            await Store.CalibrateAsync([new(device, way, "key", "{}")], Cancellation);
            await Store.JudgeAsync(device, way, Verdict(device) with { Way = way }, Cancellation);
        }
        await Store.ForgetVerdictsAsync(Pool.Id, "w", Cancellation);
        Assert.Equal([("b", "v")], (await Store.VerdictsAsync(Pool.Id, Cancellation)).Select(each => (each.Device, each.Way)));
        Assert.Equal("d", Assert.Single(await Store.VerdictsAsync(other.Id, Cancellation)).Device);
        Assert.Empty(await Store.CalibrationsAsync(Pool.Id, "w", Cancellation));
        Assert.Equal("b", Assert.Single(await Store.CalibrationsAsync(Pool.Id, "v", Cancellation)).Device);
    }

    [Fact]
    public async Task A_reference_is_replaced_by_itself_only_where_nothing_rests_on_it()
    {
        Assert.Equal("a", await Store.SetReferenceAsync(Pool.Id, "a", expected: null, Cancellation));
        Assert.False(await Store.ReplaceReferenceAsync(Pool.Id, "c", expected: "b", Cancellation));
        Assert.True(await Store.ReplaceReferenceAsync(Pool.Id, "b", expected: "a", Cancellation));
        // Told again.
        Assert.True(await Store.ReplaceReferenceAsync(Pool.Id, "b", expected: "a", Cancellation));
        string job = await NewJobAsync(2);
        Lease lease = await TakeAsync(job, "b", 1);
        Assert.False(await Store.ReplaceReferenceAsync(Pool.Id, "c", expected: "b", Cancellation));
        await Store.ReleaseAsync(lease.Token, Cancellation);
        await Store.JudgeAsync("c", "way", Verdict("c"), Cancellation);
        Assert.False(await Store.ReplaceReferenceAsync(Pool.Id, "c", expected: "b", Cancellation));
        await Store.JudgeAsync("c", "way", null, Cancellation);
        Assert.True(await Store.ReplaceReferenceAsync(Pool.Id, "c", expected: "b", Cancellation));
        Lease other = await TakeAsync(job, "c", 1);
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(other, 0)));
        Assert.False(await Store.ReplaceReferenceAsync(Pool.Id, "a", expected: "c", Cancellation));
    }

    [Fact]
    public async Task Another_reference_begins_all_anew_that_is_not_done()
    {
        await Store.SetReferenceAsync(Pool.Id, "a", expected: null, Cancellation);
        string done = await NewJobAsync(1, seed: 1),
            stopped = await NewJobAsync(2, seed: 2),
            running = await NewJobAsync(3, seed: 3);
        await FillAsync(done);
        Assert.True(await Store.FinishAsync(done, Table(Pool.Id, 1, Clock.Now), "{}"u8.ToArray(), Cancellation));
        await CommitAsync(Result(await TakeAsync(stopped, "a", 1), 0));
        await Store.EndAsync(stopped, FleetJobState.Cancelled, "", Cancellation);
        Lease late = await TakeAsync(running, "a", 2);
        await CommitAsync(Result(late, 0));
        await Store.JudgeAsync("b", "way", Verdict("b"), Cancellation);

        Assert.False(await Store.ReferAsync(Pool.Id, "a", Cancellation));
        Assert.False(await Store.ReferAsync(Pool.Id, "x", Cancellation));
        Assert.Equal(1, (await Store.LoadAsync(running, Cancellation))!.Done);
        Assert.True(await Store.ReferAsync(Pool.Id, "b", Cancellation));
        Assert.Equal("b", (await Store.PoolAsync(Pool.Id, Cancellation))!.Reference);
        Assert.Empty(await Store.VerdictsAsync(Pool.Id, Cancellation));
        foreach (string job in new[] { stopped, running })
            Assert.Equal((0, 0), (await Store.LoadAsync(job, Cancellation) is { } load ? (load.Done, load.Leased) : (-1, -1)));
        // What the older one measured comes too late.
        Assert.Equal(CommitOutcome.Dropped, await CommitAsync(Result(late, 1)));
        Assert.Equal(1, (await Store.LoadAsync(done, Cancellation))!.Done);
    }

    [Fact]
    public async Task Calibrations_and_verdicts_hold_for_one_way()
    {
        await Store.CalibrateAsync([new("b", "w", "y", "1"), new("a", "w", "y", "2"), new("a", "v", "y", "3")], Cancellation);
        await Store.CalibrateAsync([new("a", "w", "x", "4"), new("b", "w", "y", "5")], Cancellation);
        await Store.CalibrateAsync([], Cancellation);
        Assert.Equal(
            [new CalibrationRow("a", "w", "x", "4"), new("a", "w", "y", "2"), new("b", "w", "y", "5")],
            await Store.CalibrationsAsync(Pool.Id, "w", Cancellation)
        );
        Assert.Empty(await Store.CalibrationsAsync("another", "w", Cancellation));

        VerdictRow refused = Verdict("b") with { Merged = false, Reason = "its Conv are 2 % off", Factor = 1 };
        await Store.JudgeAsync("b", "w", Verdict("b"), Cancellation);
        await Store.JudgeAsync("a", "w", Verdict("a"), Cancellation);
        await Store.JudgeAsync("a", "v", Verdict("a") with { Way = "v" }, Cancellation);
        await Store.JudgeAsync("b", "w", refused, Cancellation);
        IReadOnlyList<VerdictRow> verdicts = await Store.VerdictsAsync(Pool.Id, Cancellation);
        Assert.Equal([("a", "v"), ("a", "w"), ("b", "w")], verdicts.Select(verdict => (verdict.Device, verdict.Way)));
        Assert.Equal(refused with { SentinelMs = verdicts[2].SentinelMs }, verdicts[2]);
        Assert.Equal(refused.SentinelMs, verdicts[2].SentinelMs);
        Assert.Equal(["v", "w"], (await Store.VerdictsOfAsync(["a"], Cancellation)).Select(verdict => verdict.Way));
        Assert.Empty(await Store.VerdictsOfAsync([], Cancellation));
        Assert.Equal(
            [("a", "x"), ("a", "y")],
            (await Store.CalibrationsOfAsync(["a", "c"], "w", Cancellation)).Select(row => (row.Device, row.Key)).Order()
        );

        await Store.JudgeAsync("a", "w", null, Cancellation);
        Assert.Equal(["v", "w"], (await Store.VerdictsAsync(Pool.Id, Cancellation)).Select(verdict => verdict.Way));
        Assert.Equal("b", Assert.Single(await Store.CalibrationsAsync(Pool.Id, "w", Cancellation)).Device);
        Assert.Single(await Store.CalibrationsAsync(Pool.Id, "v", Cancellation));
    }

    private VerdictRow Verdict(string device) =>
        new(device, "w", "c", true, 1.0123, "", new Dictionary<string, double> { ["s"] = 0.1 + 0.2 }, Clock.Now);
}
