using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Security;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Who comes later waits for nobody's whole work, through a node.</summary>
public sealed class FairTurnsTests
{
    private const int Items = 10_000,
        Side = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_clients_first_result_comes_within_two_stints_while_ten_thousand_items_wait()
    {
        using KeyRing keys = new("ann", "bob", "device device");
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        // Its stints are counted: it measures nothing before it is told to.
        await using HandAgent card = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard(), keys["device"]);
        var clients = new ContractClients(fleet);
        using AsyncServerStreamingCall<MeasureOperatorsResponse> first = clients.Profiler.MeasureOperators(
            new() { Keys = { Enumerable.Range(0, Items).Select(KeyOf) } },
            keys.Of("ann"),
            cancellationToken: Cancellation
        );
        Stint held = await card.NextWorkAsync();
        Assert.Equal(25, held.Items.Count);

        using AsyncServerStreamingCall<MeasureOperatorsResponse> second = clients.Profiler.MeasureOperators(
            new() { Keys = { KeyOf(Items), KeyOf(Items + 1) } },
            keys.Of("bob"),
            cancellationToken: Cancellation
        );
        Task<bool> answer = second.ResponseStream.MoveNext(Cancellation);
        JobLoad[] loads;
        do loads = await LoadsAsync(fleet);
        while (loads.Length < 2);
        Assert.Equal(("key ann", Items), (loads[0].Row.Job.Owner, loads[0].Row.Total));
        Assert.Equal("key bob", loads[1].Row.Job.Owner);

        int stints = 0;
        for (Stint stint = held; !answer.IsCompleted; stint = await card.NextWorkAsync())
        {
            Assert.True(++stints <= 3, "Beside the stint that the card had, it got two of the first client before the second's.");
            foreach (StintItem item in stint.Items)
                await card.TellAsync(stint, item);
            await card.EndAsync(stint);
            if (stint.JobId == loads[1].Row.Id)
                break;
        }
        Assert.True(await answer);
        Assert.Equal(KeyOf(Items), second.ResponseStream.Current.Key);
        Assert.InRange((await LoadsAsync(fleet))[0].Waiting, Items - (25 * 3), Items - 25);
    }

    private static async Task<JobLoad[]> LoadsAsync(TestFleet fleet) =>
        [.. await fleet.Store.RunningAsync(Assert.Single(await fleet.Store.PoolsAsync(Cancellation)).Id, Cancellation)];

    private static string KeyOf(int number) => $"conv h{8 * ((number / Side) + 1)} w{8 * ((number % Side) + 1)} c8-8 s1";
}
