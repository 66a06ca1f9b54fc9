using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>A node that stands still, as a machine that swaps or a virtual one that is moved.</summary>
public sealed class StandstillTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_was_taken_for_dead_begins_anew_by_itself()
    {
        string database = await postgres.NewDatabaseAsync();
        await using NodeProcess steady = await NodeProcess.StartAsync(database, Cancellation),
            still = await NodeProcess.StartAsync(database, Cancellation);
        still.Freeze();
        await Task.Delay(Standstill, Cancellation);
        still.Wake();
        while (still is { IsAlive: true, Served: < 2 })
            await Task.Delay(100, Cancellation);

        Assert.True(still.IsAlive, still.Log);
        Assert.Contains("The other nodes took this one for dead", still.Log, StringComparison.Ordinal);
        await using var device = new SimulatedDevice("card", new SimulatedCard(), [still.Address]);
        device.Start();
        while (!device.IsAttached)
            await Task.Delay(50, Cancellation);
        // Both ask the pool, which lives at one of them.
        foreach (NodeProcess node in new[] { steady, still })
        {
            using GrpcChannel channel = GrpcChannel.ForAddress(node.Address);
            Assert.Equal(1, Assert.Single(await PoolsAsync(new FleetService.FleetServiceClient(channel))).Devices);
        }
    }

    /// <summary>A node that is asked for a pool which lived at the one that stood still says so for some seconds.</summary>
    private static async Task<IEnumerable<Pool>> PoolsAsync(FleetService.FleetServiceClient client)
    {
        while (true)
        {
            try
            {
                return (await client.ListPoolsAsync(new(), cancellationToken: Cancellation)).Pools;
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(200, Cancellation);
            }
        }
    }
}
