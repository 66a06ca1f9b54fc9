using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Membership;

/// <summary>The table in one file.</summary>
public sealed class SqliteMembershipTests : FleetMembershipTests
{
    private readonly TemporaryFolder folder = new();

    private protected override Task<string> NewPlaceAsync() => Task.FromResult(folder["store"]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
