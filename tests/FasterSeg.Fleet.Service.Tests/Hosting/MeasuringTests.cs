using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Operators measured for their own sake, through a node.</summary>
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

    private static async Task<Dictionary<string, MeasureOperatorsResponse>> MeasureAsync(ContractClients clients, params string[] keys)
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = clients.Profiler.MeasureOperators(
            new() { Keys = { keys }, WithSamples = true },
            cancellationToken: Cancellation
        );
        return (await ContractClients.AllAsync(call.ResponseStream)).ToDictionary(answer => answer.Key);
    }
}
