using FasterSeg.Fleet.Service.Tests.Databases;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>The store on a server.</summary>
public sealed class PostgresStoreTests(SharedPostgres postgres) : FleetStoreTests
{
    private protected override Task<string> NewPlaceAsync() => postgres.NewDatabaseAsync();
}
