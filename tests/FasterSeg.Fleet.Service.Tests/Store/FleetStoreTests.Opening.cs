using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    [Fact]
    public async Task Four_that_open_a_new_store_at_once_find_one_schema()
    {
        string where = await NewPlaceAsync();
        FleetStore[] stores = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => FleetStore.OpenAsync(where, Clock, Cancellation)))
        );
        foreach (FleetStore store in stores)
        {
            await store.PoolOfAsync(Kind, "card", Cancellation);
            Assert.Single(await store.PoolsAsync(Cancellation));
        }
        foreach (FleetStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task What_was_kept_is_there_when_a_store_is_opened_again()
    {
        string job = await NewJobAsync(2);
        Lease lease = await TakeAsync(job, "a", 1);
        await using FleetStore again = await FleetStore.OpenAsync(Where, Clock, Cancellation);
        Assert.Equal(lease.Token, Assert.Single(await again.LeasesAsync(Pool.Id, Cancellation)).Token);
        Assert.True((await again.TakeAsync(job, "b", 1, Cancellation))!.Token > lease.Token);
    }

    [Fact]
    public async Task A_store_of_a_newer_build_is_refused()
    {
        await Store.Database.WriteAsync(
            turn => turn.DoAsync("INSERT INTO fleet_migration (version, applied) VALUES (99, '')"),
            Cancellation
        );
        string sentence = (await Assert.ThrowsAsync<UserErrorException>(() => FleetStore.OpenAsync(Where, Clock, Cancellation))).Message;
        Assert.EndsWith(
            $"was written by a newer build (version 99, this one knows {FleetMigrations.All.Count}): use that build, or name another with "
                + "--store.",
            sentence
        );
        Assert.DoesNotContain("Password", sentence);
    }
}
