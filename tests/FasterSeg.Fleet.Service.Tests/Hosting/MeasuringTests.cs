using FasterSeg.Fleet.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Operators and networks measured for their own sake, through a node.</summary>
public sealed class MeasuringTests
{
    private const string Conv = "conv h8 w8 c8-8 s1",
        Skip = "skip h8 w8 c8-8 s1",
        Bad = "conv h8 w16 c8-8 s1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operators_are_measured_defined_or_failed()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Fails = key => key == Bad ? "out of memory" : null });
        var clients = new ContractClients(fleet);
        Dictionary<string, MeasureOperatorsResponse> answers = await MeasureAsync(clients, Conv, Skip, Bad);
        Assert.Equal(3, answers.Count);
        Assert.InRange(answers[Conv].Statistics.MedianMs / SimulatedCard.UsualMs(Conv), 0.985, 1.015);
        Assert.Equal("SIM-card-0", answers[Conv].Identity.DeviceUuid);
        Assert.Equal(3, answers[Conv].Samples.Count);
        Assert.All(answers[Conv].Samples, session => Assert.Equal(6, session.SamplesMs.Count));
        Assert.Equal("CPUExecutionProvider", Assert.Single(answers[Conv].Placement).Provider);
        Assert.Equal((true, null), (answers[Skip].Defined, answers[Skip].Statistics));
        Assert.Equal(("out of memory", null), (answers[Bad].Failure, answers[Bad].Statistics));
        // They are no tables' jobs.
        Assert.Empty((await clients.Profiler.ListJobsAsync(new(), cancellationToken: Cancellation)).Jobs);
        Assert.Equal(StatusCode.InvalidArgument, (await ContractClients.RefusalAsync(() => MeasureAsync(clients, "conv"))).Status);
    }

    [Fact]
    public async Task Operators_of_a_loaded_device_are_told_to_be_so_with_the_last()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Loaded = "others used 77 % of the processors" });
        var clients = new ContractClients(fleet);
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = clients.Profiler.MeasureOperators(
            new() { Keys = { Skip, Conv, Bad } },
            cancellationToken: Cancellation
        );
        List<MeasureOperatorsResponse> answers = await ContractClients.AllAsync(call.ResponseStream);
        Assert.Equal(["", "", "others used 77 % of the processors"], answers.Select(answer => answer.Loaded));
    }

    [Fact]
    public async Task Another_card_measures_on_the_references_scale()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        SimulatedDevice reference = await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 });
        SimulatedDevice other = await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2, Factor = 1.2 });
        var clients = new ContractClients(fleet);
        double before = (await clients.MeasureAsync(1000)).Statistics.MedianMs;
        Assert.Contains(reference.Measured, each => each.Value == 1);
        await clients.BuildAsync(ContractClients.Table());
        await reference.KillAsync();

        MeasureOperatorsResponse answer = (await MeasureAsync(clients, Conv))[Conv];
        double usual = SimulatedCard.UsualMs(Conv);
        Assert.InRange(answer.Statistics.MedianMs / usual, 0.985, 1.015);
        Assert.InRange(answer.Statistics.ConfidenceHighMs / usual, 0.985, 1.03);
        Assert.All(answer.Samples, session => Assert.All(session.SamplesMs, sample => Assert.InRange(sample / usual, 0.985, 1.015)));
        Assert.Equal("SIM-card-0", answer.Identity.DeviceUuid);
        MeasureModelResponse network = await clients.MeasureAsync(1000);
        Assert.InRange(network.Statistics.MedianMs / before, 0.985, 1.015);
        Assert.Equal("SIM-card-0", network.Identity.DeviceUuid);
        Assert.Equal("SIM-card-1", network.Device.Uuid);
        Assert.True(other.Kept > 0);
    }

    [Fact]
    public async Task A_network_that_cannot_be_measured_is_refused_with_the_devices_sentence()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        SimulatedDevice card = await fleet.AddAsync(
            "card-0",
            new SimulatedCard { Refuses = bytes => bytes > 3_000_000 ? "It is no network." : null }
        );
        var clients = new ContractClients(fleet);
        (StatusCode status, string sentence) = await ContractClients.RefusalAsync(() => clients.MeasureAsync(3_000_000));
        Assert.Equal((StatusCode.InvalidArgument, "It is no network."), (status, sentence));
        string job = Assert.Single(card.Measured.Keys).Job;
        Assert.Equal(FleetJobState.Done, (await fleet.Store.JobAsync(job, Cancellation))!.State);
        Assert.Equal(
            (StatusCode.FailedPrecondition, $"Job '{job}' measures a network: its result goes to whoever asked for it."),
            await ContractClients.RefusalAsync(() => clients.Profiler.WatchJob(new() { Id = job }).ResponseStream.MoveNext(Cancellation))
        );
    }

    private static async Task<Dictionary<string, MeasureOperatorsResponse>> MeasureAsync(ContractClients clients, params string[] keys)
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = clients.Profiler.MeasureOperators(
            new() { Keys = { keys }, WithSamples = true },
            cancellationToken: Cancellation
        );
        return (await ContractClients.AllAsync(call.ResponseStream)).ToDictionary(answer => answer.Key);
    }
}
