using System.Net;
using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FasterSeg.Fleet.Service.Tests.Membership;

/// <summary>Orleans' own nodes, over the table.</summary>
public sealed class SilosTests(SharedPostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_find_each_other_by_the_table_and_see_one_leave()
    {
        string where = await postgres.NewDatabaseAsync();
        await using FleetStore one = await FleetStore.OpenAsync(where, cancellation: Cancellation),
            two = await FleetStore.OpenAsync(where, cancellation: Cancellation);
        using IHost first = Node(one),
            second = Node(two);
        await first.StartAsync(Cancellation);
        await second.StartAsync(Cancellation);
        await UntilAsync(first, active => active == 2);
        await UntilAsync(second, active => active == 2);

        await second.StopAsync(Cancellation);
        await UntilAsync(first, active => active == 1);
        MembershipTableData table = await new FleetMembership(one.Database, "lab").ReadAll();
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], table.Members.Select(member => member.Item1.Status).Order());
        await first.StopAsync(Cancellation);
    }

    private static IHost Node(FleetStore store)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("lab", "fleet"));
            silo.ConfigureEndpoints(IPAddress.Loopback, FreePort.Next(), gatewayPort: 0);
            silo.UseFleetMembership(store);
        });
        return builder.Build();
    }

    private static async Task UntilAsync(IHost node, Func<int, bool> holds)
    {
        var membership = node.Services.GetRequiredService<IClusterMembershipService>();
        while (!holds(membership.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Active)))
            await Task.Delay(50, Cancellation);
    }
}
