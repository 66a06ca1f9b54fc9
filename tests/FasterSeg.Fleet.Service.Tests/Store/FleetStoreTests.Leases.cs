using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    [Fact]
    public async Task Sixteen_takers_at_once_get_each_item_once()
    {
        string job = await NewJobAsync(200);
        Lease[][] leases = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        var mine = new List<Lease>();
                        while (await Store.TakeAsync(job, $"device-{i}", 7, Cancellation) is { } lease)
                            mine.Add(lease);
                        return mine.ToArray();
                    })
                )
        );
        Lease[] all = [.. leases.SelectMany(of => of)];
        Assert.Equal(Enumerable.Range(0, 200), all.SelectMany(lease => lease.Items).Select(item => item.Position).Order());
        Assert.Equal(all.Length, all.Select(lease => lease.Token).Distinct().Count());
        Assert.Equal(200, (await Store.LeasesAsync(Pool.Id, Cancellation)).Sum(lease => lease.Items.Count));
    }

    [Fact]
    public async Task A_device_is_given_last_what_it_failed_at()
    {
        string job = await NewJobAsync(3);
        Lease lease = await TakeAsync(job, "a", 1);
        Assert.Equal(["a"], await Store.FailedAtAsync(Result(lease, 0), Cancellation));
        // Its answer was lost.
        Assert.Equal(["a"], await Store.FailedAtAsync(Result(lease, 0), Cancellation));
        Assert.Empty(await Store.FailedAtAsync(Result(lease, 1), Cancellation));

        Lease second = await TakeAsync(job, "a", 2);
        Assert.Equal([1, 2], second.Items.Select(item => item.Position));
        Lease third = await TakeAsync(job, "b", 2);
        Assert.Equal(["key-0"], third.Items.Select(item => item.Key));
        Assert.Equal(["a", "b"], await Store.FailedAtAsync(Result(third, 0), Cancellation));
        Assert.Equal([0], (await TakeAsync(job, "a")).Items.Select(item => item.Position));
    }

    [Fact]
    public async Task Of_devices_that_take_together_each_finds_what_those_before_it_leave()
    {
        string one = await NewJobAsync(5),
            other = await NewJobAsync(2, seed: 8),
            ended = await NewJobAsync(2, seed: 9);
        await Store.EndAsync(ended, FleetJobState.Cancelled, "", Cancellation);
        Lease failed = await TakeAsync(one, "a", 1);
        await Store.FailedAtAsync(Result(failed, 0), Cancellation);

        IReadOnlyList<Lease?> leases = await Store.TakeAsync(
            [new(one, "a", 3), new(other, "b", 25), new(ended, "b", 1), new(one, "b", 2), new(one, "c", 2), new(other, "c", 0)],
            Cancellation
        );
        Assert.Equal(
            [
                [1, 2, 3],
                [0, 1],
                null,
                [0, 4],
                null,
                null,
            ],
            leases.Select(lease => lease?.Items.Select(item => item.Position).ToArray())
        );
        Assert.Equal(["a"], leases[3]!.Items[0].FailedAt);
        Assert.Equal([(one, "a"), (other, "b"), (one, "b")], leases.OfType<Lease>().Select(lease => (lease.Job, lease.Device)));
        long[] tokens = [.. leases.OfType<Lease>().Select(lease => lease.Token)];
        Assert.Equal(tokens.Order().Distinct(), tokens);
        Assert.True(tokens[0] > failed.Token);
        Assert.Equal(
            leases.OfType<Lease>().Select(lease => lease.Token),
            (await Store.LeasesAsync(Pool.Id, Cancellation)).Select(l => l.Token)
        );
    }

    [Fact]
    public async Task It_tells_what_one_device_holds_and_which_leases_hold_something()
    {
        string job = await NewJobAsync(3);
        Lease first = await TakeAsync(job, "a", 2),
            second = await TakeAsync(job, "b", 1);
        Assert.Equal(second.Token, Assert.Single(await Store.LeasesOfAsync(Pool.Id, ["b"], Cancellation)).Token);
        Assert.Empty(await Store.LeasesOfAsync(Pool.Id, ["c"], Cancellation));
        Assert.Empty(await Store.LeasesOfAsync("another", ["b"], Cancellation));
        await CommitAsync(Result(first, 0));
        await CommitAsync(Result(second, 2));
        Assert.Equal([first.Token], await Store.HeldAsync([first.Token, second.Token, 999], Cancellation));
        Assert.Empty(await Store.HeldAsync([], Cancellation));
    }

    [Fact]
    public async Task Stints_are_kept_together_in_their_order_each_once_and_those_of_no_job_are_dropped()
    {
        string job = await NewJobAsync(1);
        await Store.AddStintAsync(new(job, "a", 2, [1], null), Cancellation);
        await Store.AddStintsAsync(
            [new(job, "b", 7, [2, 3], "busy\0"), new("gone", "b", 8, [], null), new(job, "x", 2, [], null), new(job, "c", 5, [], null)],
            Cancellation
        );
        IReadOnlyList<StintRow> stints = await Store.StintsAsync(job, Cancellation);
        Assert.Equal(
            [("a", 2, null), ("b", 7, "busy "), ("c", 5, null)],
            stints.Select(stint => (stint.Device, stint.Token, stint.Loaded))
        );
        Assert.Equal([2, 3], stints[1].SentinelMs);
    }

    [Fact]
    public async Task Leases_have_what_they_have_no_entry_for()
    {
        string job = await NewJobAsync(5);
        Lease first = await TakeAsync(job, "a", 2);
        Lease second = await TakeAsync(job, "b", 2);
        await CommitAsync(Result(first, 0));
        IReadOnlyList<Lease> leases = await Store.LeasesAsync(Pool.Id, Cancellation);
        Assert.Equal([(first.Token, "a"), (second.Token, "b")], leases.Select(lease => (lease.Token, lease.Device)));
        Assert.Equal([new ItemKey(1, "key-1")], leases[0].Items);
        Assert.Equal(second.Items, leases[1].Items);
        JobLoad load = Assert.Single(await Store.RunningAsync(Pool.Id, Cancellation));
        Assert.Equal((5, 1, 3, 1), (load.Row.Total, load.Done, load.Leased, load.Waiting));
        Assert.Equal(1, await Store.ReleaseAsync(first.Token, Cancellation));
        Assert.Equal(0, await Store.ReleaseAsync(first.Token, Cancellation));
        Assert.Empty(await Store.LeasesAsync("another", Cancellation));
    }
}
