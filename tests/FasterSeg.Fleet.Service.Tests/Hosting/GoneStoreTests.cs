using FasterSeg.Tests;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A node whose folder is taken away while it runs.</summary>
public sealed class GoneStoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_health_turns_bad_and_new_work_is_refused_until_the_folder_is_back()
    {
        using var folder = new TemporaryFolder();
        string store = folder["store"];
        await using TestFleet fleet = await TestFleet.StartAsync(configure: options => options with { Store = store });
        await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        Assert.NotEqual("", (await clients.BuildAsync(ContractClients.Table()))[^1].TableId);
        Assert.Equal(Serving, await StatusAsync(fleet));

        Directory.Move(store, store + "-elsewhere");
        Assert.Equal(NotServing, await StatusAsync(fleet));
        (StatusCode status, string sentence) = await ContractClients.RefusalAsync(() => clients.BuildAsync(ContractClients.Table(2)));
        Assert.Equal(
            (
                StatusCode.Unavailable,
                $"The fleet's store in {store} was removed or replaced while the fleet ran, and nothing can be kept there: restart the "
                    + "fleet, or put the folder back where it was."
            ),
            (status, sentence)
        );

        Directory.Move(store + "-elsewhere", store);
        Assert.Equal(Serving, await StatusAsync(fleet));
        Assert.NotEqual("", (await clients.BuildAsync(ContractClients.Table(2)))[^1].TableId);
        Directory.Delete(store, recursive: true);
        Assert.Equal(NotServing, await StatusAsync(fleet));
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> StatusAsync(TestFleet fleet) =>
        (await new Health.HealthClient(fleet.Channel).CheckAsync(new(), cancellationToken: Cancellation)).Status;
}
