using FasterSeg.Fleet.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using FasterSeg.Tests.Disks;
using Grpc.Core;
using Grpc.Health.V1;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A node whose disk has no room left.</summary>
public sealed class FullDiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_wait_for_room_the_client_is_told_and_nothing_is_measured_twice()
    {
        using TmpfsFolder? disk = TmpfsFolder.TryMake(mebibytes: 12);
        Assert.SkipWhen(disk is null, "A small disk needs the right to mount one.");
        await using TestFleet fleet = await TestFleet.StartAsync(configure: options => options with { Store = disk.Path });
        SimulatedDevice card = await fleet.AddAsync("card-0", new SimulatedCard(), TimeSpan.FromMilliseconds(50));
        var health = new Health.HealthClient(fleet.Channel);
        using AsyncServerStreamingCall<BuildTableResponse> call = new ContractClients(fleet).Profiler.BuildTable(
            ContractClients.Table(),
            cancellationToken: Cancellation
        );
        do Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        while (call.ResponseStream.Current.Done < 3);
        disk.Fill();
        do Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        while (call.ResponseStream.Current.Paused.Length == 0);
        Assert.StartsWith($"The fleet's database ({disk.Path}) takes", call.ResponseStream.Current.Paused, StringComparison.Ordinal);
        while (await StatusAsync(health) != HealthCheckResponse.Types.ServingStatus.NotServing)
            await Task.Delay(50, Cancellation);

        disk.Empty();
        BuildTableResponse last = (await ContractClients.AllAsync(call.ResponseStream))[^1];
        Assert.NotEqual("", last.TableId);
        Assert.Equal(0, last.FailedEntries);
        IReadOnlyList<ItemRow> items = await fleet.Store.ItemsAsync(last.JobId, cancellation: Cancellation);
        Assert.All(items, item => Assert.Equal(1, card.Measured[(last.JobId, item.Position)]));
        while (await StatusAsync(health) != HealthCheckResponse.Types.ServingStatus.Serving)
            await Task.Delay(50, Cancellation);
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> StatusAsync(Health.HealthClient health) =>
        (await health.CheckAsync(new(), cancellationToken: Cancellation)).Status;
}
