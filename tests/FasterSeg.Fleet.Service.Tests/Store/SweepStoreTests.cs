using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>Sweeps and the leases of their chains, whatever they are kept in.</summary>
public abstract class SweepStoreTests : IAsyncLifetime
{
    private FleetStore fleet = null!;
    private SweepStore store = null!;
    private int asks;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SetClock Clock { get; } = new();

    /// <summary>Where a new, empty store may lie.</summary>
    private protected abstract Task<string> NewPlaceAsync();

    public async ValueTask InitializeAsync()
    {
        fleet = await FleetStore.OpenAsync(await NewPlaceAsync(), Clock, Cancellation);
        store = new(fleet.Database, Clock);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (fleet is not null)
            await fleet.DisposeAsync();
    }

    [Fact]
    public async Task Chains_are_handed_out_in_their_order_each_once_and_end_for_good()
    {
        SweepRow sweep = await AddAsync("a", chains: 3);
        Assert.Equal(("/lab/a", "ann", false), (sweep.Place, sweep.Owner, sweep.Withdrawn));
        LeasedChain first = (await TakeAsync())!,
            second = (await TakeAsync())!;
        Assert.Equal(["chain-0", "chain-1"], [first.Chain, second.Chain]);
        Assert.Equal((sweep.Id, sweep.Mark, "/lab/a"), (first.Sweep, first.Mark, first.Place));
        Assert.True(second.Token > first.Token);
        Assert.True(await store.EndAsync(first.Token, ChainStanding.Done, "", Cancellation));
        // Told twice since an answer was lost.
        Assert.True(await store.EndAsync(first.Token, ChainStanding.Done, "", Cancellation));
        Assert.True(await store.EndAsync(second.Token, ChainStanding.Failed, "no images", Cancellation));
        Assert.Equal("chain-2", (await TakeAsync())!.Chain);
        Assert.Null(await TakeAsync());
        IReadOnlyList<ChainRow> chains = await store.ChainsAsync(sweep.Id, Cancellation);
        Assert.Equal([ChainStanding.Done, ChainStanding.Failed, ChainStanding.Leased], chains.Select(chain => chain.Standing));
        Assert.Equal(("no images", "box", 1), (chains[1].Message, chains[1].Agent, chains[1].Taken));
        Assert.Equal(1, (await store.SweepAsync(sweep.Mark, Cancellation))!.Standing[ChainStanding.Leased]);
        Assert.Equal(sweep.Id, Assert.Single(await store.SweepsAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task An_ask_whose_answer_was_lost_gets_the_same_chain()
    {
        await AddAsync("a", chains: 2);
        LeasedChain? lease = await store.TakeAsync(new("box", "ask", [], []), Cancellation),
            again = await store.TakeAsync(new("box", "ask", [], []), Cancellation);
        Assert.Equal(lease, again);
        Assert.Equal("chain-1", (await TakeAsync())!.Chain);
    }

    [Fact]
    public async Task Many_who_take_at_once_get_each_chain_once()
    {
        await AddAsync("a", chains: 40);
        LeasedChain?[] taken = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(i => Task.Run(() => store.TakeAsync(new("box", $"at once {i}", [], []), Cancellation), Cancellation))
        );
        // Who meets another's chain may go away with nothing, and asks again.
        var all = taken.OfType<LeasedChain>().ToList();
        while (await TakeAsync() is { } more)
            all.Add(more);
        Assert.Equal(40, all.Count);
        Assert.Equal(40, all.Select(lease => lease.Chain).Distinct().Count());
        Assert.Equal(40, all.Select(lease => lease.Token).Distinct().Count());
    }

    [Fact]
    public async Task What_a_lapsed_lease_tells_counts_for_nothing()
    {
        SweepRow sweep = await AddAsync("a", chains: 1);
        LeasedChain frozen = (await TakeAsync())!;
        ChainPulse pulse = Assert.Single(await store.LeasedAsync(Cancellation));
        Assert.Equal(new(frozen.Token, 0), pulse);

        // A sign that comes in between saves it.
        Assert.Equal([frozen.Token], (await RenewAsync(frozen, images: 5)).Held);
        Assert.Equal(0, await store.LapseAsync([pulse], "silent", Cancellation));
        Assert.Equal(1, await store.LapseAsync(await store.LeasedAsync(Cancellation), "silent", Cancellation));
        Assert.Equal("silent", Assert.Single(await store.ChainsAsync(sweep.Id, Cancellation)).Message);

        LeasedChain next = (await TakeAsync())!;
        Assert.Equal("chain-0", next.Chain);
        Assert.True(next.Token > frozen.Token);
        Assert.Empty((await RenewAsync(frozen)).Held);
        Assert.False(await store.EndAsync(frozen.Token, ChainStanding.Refused, "late", Cancellation));
        await store.GiveBackAsync(frozen.Token, "late", Cancellation);
        ChainRow chain = Assert.Single(await store.ChainsAsync(sweep.Id, Cancellation));
        Assert.Equal((ChainStanding.Leased, "", 2), (chain.Standing, chain.Message, chain.Taken));
        Assert.Equal([next.Token], (await RenewAsync(next)).Held);
    }

    [Fact]
    public async Task What_is_given_back_goes_to_the_next_and_signs_tell_how_far_it_is()
    {
        SweepRow sweep = await AddAsync("a", chains: 1);
        LeasedChain lease = (await TakeAsync())!;
        await store.RenewAsync([new(lease.Token, "train student 3/9", 30, 90)], Cancellation);
        ChainRow chain = Assert.Single(await store.ChainsAsync(sweep.Id, Cancellation));
        Assert.Equal(("train student 3/9", 30, 90), (chain.Latest, chain.Images, chain.AllImages));
        await store.GiveBackAsync(lease.Token, "its agent was ended", Cancellation);
        chain = Assert.Single(await store.ChainsAsync(sweep.Id, Cancellation));
        Assert.Equal((ChainStanding.Waiting, "its agent was ended", ""), (chain.Standing, chain.Message, chain.Latest));
        LeasedChain next = (await TakeAsync())!;
        Assert.True(await store.EndAsync(next.Token, ChainStanding.Done, "", Cancellation));
        Assert.Equal(90, Assert.Single(await store.ChainsAsync(sweep.Id, Cancellation)).Images);
    }

    [Fact]
    public async Task An_agent_gets_nothing_of_what_it_leaves_aside()
    {
        SweepRow first = await AddAsync("a", chains: 2),
            second = await AddAsync("b", chains: 1);
        Assert.Equal("chain-1", (await TakeAsync(chains: [$"{first.Id}/chain-0"]))!.Chain);
        Assert.Equal(second.Id, (await TakeAsync(sweeps: [first.Id]))!.Sweep);
        Assert.Null(await TakeAsync(sweeps: [first.Id]));
        Assert.Equal((first.Id, "chain-0"), await TakeAsync() is { } last ? (last.Sweep, last.Chain) : default);
    }

    [Fact]
    public async Task Owners_take_turns_by_what_they_have_in_work()
    {
        SweepRow anns = await AddAsync("a", chains: 4),
            bobs = await AddAsync("b", chains: 2, owner: "bob");
        var order = new List<string>();
        for (int i = 0; i < 6; i++)
            order.Add((await TakeAsync())!.Sweep == anns.Id ? "ann" : "bob");
        Assert.Equal(["ann", "bob", "ann", "bob", "ann", "ann"], order);
        Assert.Equal(2, (await store.SweepAsync(bobs.Id, Cancellation))!.Standing[ChainStanding.Leased]);
    }

    [Fact]
    public async Task Submitted_again_what_failed_waits_anew_and_where_it_is_said_what_was_refused()
    {
        SweepRow sweep = await AddAsync("a", chains: 3);
        foreach (ChainStanding standing in (ChainStanding[])[ChainStanding.Done, ChainStanding.Failed, ChainStanding.Refused])
            await store.EndAsync((await TakeAsync())!.Token, standing, "why", Cancellation);
        Assert.Equal(1, (await AddAsync("a", chains: 3)).Standing[ChainStanding.Waiting]);
        Assert.Equal("chain-1", (await TakeAsync())!.Chain);
        Assert.Null(await TakeAsync());
        await AddAsync("a", chains: 3, again: true);
        LeasedChain refused = (await TakeAsync())!;
        Assert.Equal("chain-2", refused.Chain);
        await store.GiveBackAsync(refused.Token, "", Cancellation);

        // Meanwhile somebody has done the rest by hand.
        sweep = await AddAsync("a", chains: 3, done: ["chain-2"]);
        Assert.Equal((2, 1), (sweep.Standing[ChainStanding.Done], sweep.Standing[ChainStanding.Leased]));
    }

    [Fact]
    public async Task A_withdrawn_sweep_is_handed_out_no_more_until_it_is_submitted_again()
    {
        SweepRow sweep = await AddAsync("a", chains: 2);
        LeasedChain lease = (await TakeAsync())!;
        Assert.True(await store.WithdrawAsync(sweep.Id, Cancellation));
        Assert.False(await store.WithdrawAsync("nothing", Cancellation));
        Assert.Null(await TakeAsync());
        ChainSigns signs = await RenewAsync(lease);
        Assert.Equal([lease.Token], signs.Held);
        Assert.Equal([lease.Token], signs.Withdrawn);

        // It stays as long as an agent has some of it.
        await fleet.DropOldAsync(new(20, 365, 20), Cancellation);
        Assert.True(Assert.Single(await store.SweepsAsync(Cancellation)).Withdrawn);
        await store.GiveBackAsync(lease.Token, "withdrawn", Cancellation);
        Assert.False((await AddAsync("a", chains: 2)).Withdrawn);
        Assert.Equal("chain-0", (await TakeAsync())!.Chain);
        await store.WithdrawAsync(sweep.Id, Cancellation);
        await store.LapseAsync(await store.LeasedAsync(Cancellation), "silent", Cancellation);
        await fleet.DropOldAsync(new(20, 365, 20), Cancellation);
        Assert.Empty(await store.SweepsAsync(Cancellation));
    }

    [Fact]
    public async Task What_has_ended_is_forgotten_with_age_and_what_waits_is_not()
    {
        await AddAsync("a", chains: 1);
        await store.EndAsync((await TakeAsync())!.Token, ChainStanding.Done, "", Cancellation);
        SweepRow waits = await AddAsync("b", chains: 1);
        Clock.Advance(TimeSpan.FromDays(400));
        await fleet.DropOldAsync(new(20, 365, 20), Cancellation);
        Assert.Equal(waits.Id, Assert.Single(await store.SweepsAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task The_same_sweep_in_two_places_stays_in_the_first_while_it_is_open()
    {
        SweepRow first = await AddAsync("a", chains: 1);
        Assert.Equal("/lab/a", (await AddAsync("a", chains: 1, place: "/elsewhere/a")).Place);
        await store.WithdrawAsync(first.Id, Cancellation);
        Assert.Equal("/elsewhere/a", (await AddAsync("a", chains: 1, place: "/elsewhere/a")).Place);
    }

    private Task<SweepRow> AddAsync(
        string name,
        int chains,
        string owner = "ann",
        bool again = false,
        string[]? done = null,
        string? place = null
    ) =>
        store.AddAsync(
            new(
                StoreText.Likeness(name),
                place ?? "/lab/" + name,
                owner,
                [.. Enumerable.Range(0, chains).Select(i => ($"chain-{i}", done?.Contains($"chain-{i}") ?? false))]
            ),
            again,
            Cancellation
        );

    private Task<LeasedChain?> TakeAsync(string[]? sweeps = null, string[]? chains = null) =>
        store.TakeAsync(new("box", $"ask {asks++}", sweeps ?? [], chains ?? []), Cancellation);

    private Task<ChainSigns> RenewAsync(LeasedChain lease, double images = 0) =>
        store.RenewAsync([new(lease.Token, "", images, 100)], Cancellation);
}

/// <summary>Sweeps in one file.</summary>
public sealed class SqliteSweepStoreTests : SweepStoreTests
{
    private readonly TemporaryFolder folder = new();

    private protected override Task<string> NewPlaceAsync() => Task.FromResult(folder["store"]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>Sweeps on a server.</summary>
public sealed class PostgresSweepStoreTests(SharedPostgres postgres) : SweepStoreTests
{
    private protected override Task<string> NewPlaceAsync() => postgres.NewDatabaseAsync();
}
