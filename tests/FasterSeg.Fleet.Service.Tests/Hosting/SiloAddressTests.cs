using System.Net;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Two nodes that are given one address among nodes.</summary>
public sealed class SiloAddressTests(SharedPostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_one_is_refused_and_the_first_one_lives_on()
    {
        string database = await postgres.NewDatabaseAsync();
        var silo = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        RunningFleet first = await FleetHost.StartAsync(Node(database, silo), Cancellation);
        await using (first)
        {
            var refused = await Assert.ThrowsAsync<UserErrorException>(() => FleetHost.StartAsync(Node(database, silo), Cancellation));
            Assert.Equal(
                $"--silo is {silo}, where a node of this fleet, or something else, listens already: name an address of this node's own, "
                    + "or stop that one.",
                refused.Message
            );
            IClusterMembershipService members = first.Services.GetRequiredService<IClusterMembershipService>();
            await members.Refresh(default, Cancellation);
            Assert.Equal(SiloStatus.Active, Assert.Single(members.CurrentSnapshot.Members.Values).Status);
            Assert.False(first.Services.GetRequiredService<ShutOut>().HasHappened);
        }
        // Once it has gone, the address is free.
        await using RunningFleet next = await FleetHost.StartAsync(Node(database, silo), Cancellation);
    }

    private static FleetOptions Node(string database, IPEndPoint silo) =>
        new()
        {
            Listen = new(IPAddress.Loopback, 0),
            Store = database,
            Silo = silo,
        };
}
