using FasterSeg.Fleet.Service.Tests.Databases;

namespace FasterSeg.Fleet.Service.Tests.Membership;

/// <summary>The table on a server.</summary>
public sealed class PostgresMembershipTests(SharedPostgres postgres) : FleetMembershipTests
{
    private protected override Task<string> NewPlaceAsync() => postgres.NewDatabaseAsync();
}
