using System.Net;
using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Membership;

/// <summary>What Orleans demands of a table of nodes.</summary>
public abstract class FleetMembershipTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 11, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    private FleetStore store = null!;

    private FleetMembership table = null!;

    private protected abstract Task<string> NewPlaceAsync();

    public async ValueTask InitializeAsync()
    {
        store = await FleetStore.OpenAsync(await NewPlaceAsync());
        table = new(store.Database, "lab");
        await table.InitializeMembershipTable(true);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (store is not null)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task A_node_is_read_as_it_was_written()
    {
        MembershipEntry entry = Entry(1, SiloStatus.Active);
        entry.SuspectTimes = [Tuple.Create(Silo(2), Start), Tuple.Create(Silo(3), Start.AddTicks(7))];
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        Assert.True(await table.InsertRow(Entry(2), (await table.ReadAll()).Version.Next()));

        MembershipTableData one = await table.ReadRow(Silo(1));
        MembershipEntry read = Assert.Single(one.Members).Item1;
        Assert.Equal(2, one.Version.Version);
        Assert.Equal(Silo(1), read.SiloAddress);
        Assert.Equal(
            (SiloStatus.Active, "host", "silo-1", "role", 30000, 3, 4, Start, Start.AddSeconds(1)),
            (
                read.Status,
                read.HostName,
                read.SiloName,
                read.RoleName,
                read.ProxyPort,
                read.UpdateZone,
                read.FaultZone,
                read.StartTime,
                read.IAmAliveTime
            )
        );
        Assert.Equal(DateTimeKind.Utc, read.IAmAliveTime.Kind);
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
        MembershipTableData all = await table.ReadAll();
        Assert.Equal([Silo(1), Silo(2)], all.Members.Select(member => member.Item1.SiloAddress).Order());
        MembershipTableData none = await table.ReadRow(Silo(9));
        Assert.Empty(none.Members);
        Assert.Equal(2, none.Version.Version);
    }

    [Fact]
    public async Task A_new_table_is_empty_and_begun_once()
    {
        MembershipTableData empty = await table.ReadAll();
        Assert.Empty(empty.Members);
        Assert.Equal(0, empty.Version.Version);
        Assert.True(await table.InsertRow(Entry(1), empty.Version.Next()));
        await table.InitializeMembershipTable(true);
        await table.InitializeMembershipTable(false);
        Assert.Equal(1, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_node_is_not_added_on_a_stale_version_nor_twice()
    {
        TableVersion stale = (await table.ReadAll()).Version.Next();
        Assert.True(await table.InsertRow(Entry(1), stale));
        Assert.False(await table.InsertRow(Entry(2), stale));
        Assert.False(await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next()));
        MembershipTableData all = await table.ReadAll();
        Assert.Single(all.Members);
        Assert.Equal(1, all.Version.Version);
    }

    [Fact]
    public async Task A_node_is_not_changed_on_a_stale_version_or_row_nor_where_it_is_not()
    {
        await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next());
        MembershipTableData first = await table.ReadRow(Silo(1));
        await table.InsertRow(Entry(2), first.Version.Next());
        MembershipTableData second = await table.ReadRow(Silo(1));
        string etag = second.Members[0].Item2;
        Assert.False(await table.UpdateRow(Entry(1, SiloStatus.Dead), etag, first.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(1, SiloStatus.Dead), "99", second.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(9, SiloStatus.Dead), etag, second.Version.Next()));
        Assert.Equal(SiloStatus.Joining, (await table.ReadRow(Silo(1))).Members[0].Item1.Status);

        Assert.True(await table.UpdateRow(Entry(1, SiloStatus.Active), etag, second.Version.Next()));
        MembershipTableData third = await table.ReadRow(Silo(1));
        Assert.Equal((SiloStatus.Active, 3), (third.Members[0].Item1.Status, third.Version.Version));
        Assert.False(await table.UpdateRow(Entry(1, SiloStatus.Dead), etag, third.Version.Next()));
        Assert.True(await table.UpdateRow(Entry(1, SiloStatus.Dead), third.Members[0].Item2, third.Version.Next()));
    }

    [Fact]
    public async Task Of_those_that_add_themselves_at_once_one_wins()
    {
        TableVersion next = (await table.ReadAll()).Version.Next();
        bool[] added = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => table.InsertRow(Entry(i), next))));
        Assert.Single(added, each => each);
        Assert.Single((await table.ReadAll()).Members);

        // With the others' patience, all come in.
        await Task.WhenAll(
            Enumerable
                .Range(11, 8)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        while (!await table.InsertRow(Entry(i), (await table.ReadAll()).Version.Next())) { }
                    })
                )
        );
        MembershipTableData all = await table.ReadAll();
        Assert.Equal((9, 9), (all.Members.Count, all.Version.Version));
    }

    [Fact]
    public async Task Of_those_that_change_a_node_at_once_one_wins()
    {
        await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next());
        MembershipTableData now = await table.ReadRow(Silo(1));
        bool[] changed = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => Task.Run(() => table.UpdateRow(Entry(1, SiloStatus.Active), now.Members[0].Item2, now.Version.Next())))
        );
        Assert.Single(changed, each => each);
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_sign_of_life_changes_the_time_alone()
    {
        await table.InsertRow(Entry(1, SiloStatus.Active), (await table.ReadAll()).Version.Next());
        MembershipTableData before = await table.ReadRow(Silo(1));
        MembershipEntry sign = Entry(1, SiloStatus.Dead);
        sign.IAmAliveTime = Start.AddMinutes(3);
        await table.UpdateIAmAlive(sign);
        MembershipTableData after = await table.ReadRow(Silo(1));
        Assert.Equal((Start.AddMinutes(3), SiloStatus.Active), (after.Members[0].Item1.IAmAliveTime, after.Members[0].Item1.Status));
        Assert.Equal(before.Version.VersionEtag, after.Version.VersionEtag);
        Assert.True(await table.UpdateRow(Entry(1, SiloStatus.ShuttingDown), before.Members[0].Item2, before.Version.Next()));
    }

    [Fact]
    public async Task Dead_nodes_that_were_not_heard_of_for_long_are_forgotten()
    {
        foreach (
            (int number, SiloStatus status, int minutes) in ((int, SiloStatus, int)[])
                [(1, SiloStatus.Dead, 0), (2, SiloStatus.Dead, 60), (3, SiloStatus.Active, 0)]
        )
        {
            MembershipEntry entry = Entry(number, status);
            entry.IAmAliveTime = Start.AddMinutes(minutes);
            await table.InsertRow(entry, (await table.ReadAll()).Version.Next());
        }
        await table.CleanupDefunctSiloEntries(Start.AddMinutes(30));
        Assert.Equal([Silo(2), Silo(3)], (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task Clusters_of_one_database_know_nothing_of_each_other()
    {
        var other = new FleetMembership(store.Database, "other");
        Assert.Equal(0, (await other.ReadAll()).Version.Version);
        Assert.False(await other.InsertRow(Entry(1), (await other.ReadAll()).Version.Next()));
        await other.InitializeMembershipTable(true);
        await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next());
        Assert.True(await other.InsertRow(Entry(1), (await other.ReadAll()).Version.Next()));
        await table.DeleteMembershipTableEntries("lab");
        Assert.Empty((await table.ReadAll()).Members);
        Assert.Single((await other.ReadAll()).Members);
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 11000 + number), number);

    private static MembershipEntry Entry(int number, SiloStatus status = SiloStatus.Joining) =>
        new()
        {
            SiloAddress = Silo(number),
            Status = status,
            HostName = "host",
            SiloName = "silo-" + number,
            RoleName = "role",
            ProxyPort = 30000,
            UpdateZone = 3,
            FaultZone = 4,
            StartTime = Start,
            IAmAliveTime = Start.AddSeconds(1),
        };
}
