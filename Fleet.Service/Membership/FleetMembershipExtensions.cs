using FasterSeg.Fleet.Service.Store;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FasterSeg.Fleet.Service.Membership;

/// <summary>Makes a node one of those that share a database.</summary>
internal static class FleetMembershipExtensions
{
    /// <summary>Nodes find each other, and agree on who is alive, by a table in the fleet's store. The cluster is that of
    /// <see cref="ClusterOptions"/>.</summary>
    public static ISiloBuilder UseFleetMembership(this ISiloBuilder builder, FleetStore store)
    {
        builder.Services.AddSingleton<IMembershipTable>(services => new FleetMembership(
            store.Database,
            services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId
        ));
        return builder;
    }
}
