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
