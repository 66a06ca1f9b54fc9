using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Membership;

/// <summary>Nodes of two builds on one database.</summary>
public sealed class NodeBuildsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("another", SiloStatus.Active, 0, false)]
    [InlineData("Silo_5a1b7", SiloStatus.Joining, 5, false)]
    [InlineData("another", SiloStatus.Dead, 0, true)]
    [InlineData("another", SiloStatus.Active, 60, true)]
    [InlineData(null, SiloStatus.Active, 0, true)]
    public async Task A_node_of_another_build_that_lives_keeps_this_one_out(
        string? build,
        SiloStatus status,
        int silentSeconds,
        bool isFree
    )
    {
        using var folder = new TemporaryFolder();
        await using FleetStore store = await FleetStore.OpenAsync(folder.Path, cancellation: Cancellation);
        var table = new FleetMembership(store.Database, "lab");
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        var node = new MembershipEntry
        {
            SiloAddress = SiloAddress.FromParsableString("192.168.1.21:5260@1"),
            Status = status,
            SiloName = build is null ? NodeBuilds.NewName() : $"{build} 1",
            StartTime = DateTime.UtcNow,
            IAmAliveTime = DateTime.UtcNow.AddSeconds(-silentSeconds),
        };
        Assert.True(await table.InsertRow(node, (await table.ReadAll()).Version.Next()));
        Task checking = NodeBuilds.RequireAsync(store.Database, "lab", TimeSpan.Zero, Cancellation);
        if (isFree)
        {
            await checking;
            return;
        }
        Assert.Equal(
            "A node of another build of fasterseg-fleet runs this fleet (192.168.1.21:5260), and nodes of two builds do not understand "
                + "each other: stop all nodes, then start those of the new build. Devices measure on meanwhile.",
            (await Assert.ThrowsAsync<UserErrorException>(() => checking)).Message
        );
        await NodeBuilds.RequireAsync(store.Database, "another lab", TimeSpan.Zero, Cancellation);
    }
}
