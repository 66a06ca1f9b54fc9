using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Pools whose reference card is away, through a node.</summary>
public sealed class AbsentReferenceTests
{
    private const string Conv = "conv h8 w8 c8-8 s1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_for_operators_or_a_network_that_nobody_measures_is_told_why()
    {
        await using TestFleet fleet = await TestFleet.StartAsync(configure: options =>
            options with
            {
                Limits = new() { Patience = TimeSpan.FromSeconds(1) },
            }
        );
        SimulatedDevice reference = await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 });
        var clients = new ContractClients(fleet);
        await clients.MeasureAsync(1000);
        await reference.KillAsync();
        const string Nobody =
            "Nobody measures this at present: no device of this pool asks for work: start 'fasterseg-profiler --join URL' on one, or see "
            + "'fasterseg fleet devices'.";
        Assert.Equal((StatusCode.Unavailable, Nobody), await ContractClients.RefusalAsync(() => clients.MeasureAsync(1000)));

        await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2 });
        const string Waits =
            "Nobody measures this at present: card-1 cannot measure before it is compared with the reference card 'card-0', which takes no "
            + "work at present: start that one's profiler, or make another device the reference with 'fasterseg fleet reference card-1'.";
        Assert.Equal((StatusCode.Unavailable, Waits), await ContractClients.RefusalAsync(() => OperatorAsync(clients)));
        // Who has given up leaves nothing behind.
        Assert.Empty((await clients.Lab.ListQueueAsync(new(), cancellationToken: Cancellation)).Jobs);

        using AsyncServerStreamingCall<BuildTableResponse> table = clients.Profiler.BuildTable(
            ContractClients.Table(),
            cancellationToken: Cancellation
        );
        do Assert.True(await table.ResponseStream.MoveNext(Cancellation));
        while (!table.ResponseStream.Current.Paused.StartsWith("card-1 cannot measure before it is compared", StringComparison.Ordinal));
        await clients.Lab.SetDeviceAsync(new() { Id = "card-1", Reference = true }, cancellationToken: Cancellation);
        Assert.NotEqual("", (await ContractClients.AllAsync(table.ResponseStream))[^1].TableId);
        Assert.Equal("SIM-card-1", (await OperatorAsync(clients)).Identity.DeviceUuid);
    }

    [Fact]
    public async Task Another_reference_takes_what_the_older_one_has_in_hand()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await using HandAgent older = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard { Factor = 1.1 });
        await using ProfilerConnection client = await ProfilerConnection.OpenAsync(fleet.Address, Cancellation);
        Task<LatencyTable> building = client.BuildTableAsync(
            ContractClients.Space,
            new MeasuringOptions(),
            seed: 1,
            cancellationToken: Cancellation
        );
        Stint stint = await older.NextWorkAsync();
        await older.TellAsync(stint, stint.Items[0]);
        await older.NextAsync(FleetMessage.WhatOneofCase.Kept);
        await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2 });
        var clients = new ContractClients(fleet);
        await clients.Lab.SetDeviceAsync(new() { Id = "card-0", State = DeviceState.Draining }, cancellationToken: Cancellation);
        SetDeviceResponse set = await clients.Lab.SetDeviceAsync(
            new() { Id = "card-1", Reference = true },
            cancellationToken: Cancellation
        );
        Assert.True(set.Device.Reference);
        Assert.Equal(stint.Lease, (await older.NextAsync(FleetMessage.WhatOneofCase.Revocation)).Revocation.Lease);
        LatencyTable table = await building;
        Assert.Equal("SIM-card-1", table.Identity.DeviceUuid);
        Assert.Empty(table.Members);
        IReadOnlyList<ItemRow> items = await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation);
        Assert.All(items, item => Assert.Equal("card-1", item.Device));
    }

    [Fact]
    public async Task A_device_that_is_away_becomes_no_reference()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 });
        var clients = new ContractClients(fleet);
        await clients.MeasureAsync(1000);
        SimulatedDevice away = await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2 });
        await away.KillAsync();
        while ((await DevicesAsync(clients)).Single(device => device.Id == "card-1").Attached)
            await Task.Delay(10, Cancellation);
        (StatusCode status, string sentence) = await ContractClients.RefusalAsync(async () =>
            await clients.Lab.SetDeviceAsync(
                new()
                {
                    Id = "card-1",
                    State = DeviceState.Draining,
                    Reference = true,
                },
                cancellationToken: Cancellation
            )
        );
        Assert.Equal(StatusCode.FailedPrecondition, status);
        Assert.StartsWith("Device 'card-1' is away. As its pool's reference it would", sentence, StringComparison.Ordinal);
        IReadOnlyList<FleetDevice> devices = await DevicesAsync(clients);
        Assert.Equal(["card-0"], devices.Where(device => device.Reference).Select(device => device.Id));
        Assert.All(devices, device => Assert.Equal(DeviceState.InService, device.State));
    }

    [Fact]
    public async Task Who_sets_a_device_says_to_what()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        foreach (DeviceState state in new[] { DeviceState.Unspecified, (DeviceState)99 })
            Assert.Equal(
                (
                    StatusCode.InvalidArgument,
                    "It is not said what device 'card-0' shall do: set its state, absolve it, or make it the reference."
                ),
                await ContractClients.RefusalAsync(async () =>
                    await clients.Lab.SetDeviceAsync(new() { Id = "card-0", State = state }, cancellationToken: Cancellation)
                )
            );
        Assert.Equal(
            (StatusCode.NotFound, "This fleet has no device '': 'fasterseg fleet devices' lists them."),
            await ContractClients.RefusalAsync(async () => await clients.Lab.SetDeviceAsync(new(), cancellationToken: Cancellation))
        );
    }

    private static async Task<IReadOnlyList<FleetDevice>> DevicesAsync(ContractClients clients) =>
        (await clients.Lab.ListDevicesAsync(new(), cancellationToken: Cancellation)).Devices;

    private static async Task<MeasureOperatorsResponse> OperatorAsync(ContractClients clients)
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = clients.Profiler.MeasureOperators(
            new() { Keys = { Conv } },
            cancellationToken: Cancellation
        );
        return Assert.Single(await ContractClients.AllAsync(call.ResponseStream));
    }
}
