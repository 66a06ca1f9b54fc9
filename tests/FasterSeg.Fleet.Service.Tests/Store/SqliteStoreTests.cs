using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>The store in one file.</summary>
public sealed class SqliteStoreTests : FleetStoreTests
{
    private readonly TemporaryFolder folder = new();

    private protected override Task<string> NewPlaceAsync() => Task.FromResult(folder["store"]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
