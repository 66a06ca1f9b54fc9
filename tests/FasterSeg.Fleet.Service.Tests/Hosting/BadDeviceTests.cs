using System.Diagnostics;
using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Devices that answer what no device answers, through a node.</summary>
public sealed class BadDeviceTests
{
    private const string Conv = "conv h8 w8 c8-8 s1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "this is no JSON")]
    [InlineData("{", "this is no JSON")]
    [InlineData("[1]", "")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s1","origin":"measured","median_ms":-1}""", "its latency is -1 ms, not a positive number")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s1","origin":"measured","median_ms":NaN}""", "this is no JSON")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s1","origin":"measured","median_ms":1e999}""", "")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s2","origin":"measured","median_ms":1}""", "it is one of 'conv h8 w8 c8-8 s2'")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s1","origin":"imported","median_ms":1}""", "nobody measured it")]
    [InlineData("""{"key":"conv h8 w8 c8-8 s1","origin":"measured","median_ms":1,"device":"x","factor":2}""", "it is one of the card 'x'")]
    [InlineData("""{"key":"'; DROP TABLE item; --","origin":"measured","median_ms":1}""", "is no operator key")]
    public async Task What_is_no_entry_of_the_operator_is_a_failed_one_that_says_why(string answer, string reason)
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await using HandAgent card = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard());
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = Measure(fleet, Conv);
        Stint stint = await card.NextWorkAsync();
        await card.SayAsync(Answer(stint, position: 0, answer));
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        MeasureOperatorsResponse told = call.ResponseStream.Current;
        Assert.Equal((Conv, null), (told.Key, told.Statistics));
        Assert.StartsWith("the device's answer is no entry of this operator: ", told.Failure, StringComparison.Ordinal);
        Assert.Contains(reason, told.Failure, StringComparison.Ordinal);
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
    }

    [Fact]
    public async Task Nobody_fills_items_of_which_it_had_none()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await using HandAgent card = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard());
        using AsyncServerStreamingCall<BuildTableResponse> call = new ContractClients(fleet).Profiler.BuildTable(
            ContractClients.Table(),
            cancellationToken: Cancellation
        );
        Stint stint = await card.NextWorkAsync();
        ItemRow waiting = (await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation))[^1];
        Assert.DoesNotContain(waiting.Position, stint.Items.Select(item => item.Position));

        // One of another kind, and one of this kind whose numbers nobody has compared.
        foreach (
            SimulatedCard other in new[]
            {
                new SimulatedCard { Kind = "another" },
                new SimulatedCard(),
            }
        )
        {
            await using HandAgent liar = await HandAgent.JoinAsync(fleet.Channel, $"{other.Kind.Split(' ')[0]}-1", other);
            var made = new Stint { Lease = 1_000_000, JobId = stint.JobId };
            await liar.TellAsync(made, new() { Position = waiting.Position, Key = waiting.Key });
            Assert.Equal([waiting.Position], (await liar.NextAsync(FleetMessage.WhatOneofCase.Kept)).Kept.Positions);
            await liar.SayAsync(Answer(made, waiting.Position, "{}"));
            await liar.NextAsync(FleetMessage.WhatOneofCase.Kept);
            await liar.SayAsync(
                new()
                {
                    Model = new()
                    {
                        Lease = made.Lease,
                        JobId = made.JobId,
                        Position = waiting.Position,
                        Response = new(),
                    },
                }
            );
            await liar.NextAsync(FleetMessage.WhatOneofCase.Kept);
            await liar.SayAsync(Answer(new() { Lease = 7, JobId = "none" }, position: -5, "{}"));
            await liar.NextAsync(FleetMessage.WhatOneofCase.Kept);
            await liar.EndAsync(made);
            await liar.SayAsync(new());
        }
        Assert.All(await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation), item => Assert.Null(item.Entry));
        // Not within its stint either.
        await card.TellAsync(stint, new() { Position = waiting.Position, Key = waiting.Key });
        await card.NextAsync(FleetMessage.WhatOneofCase.Kept);
        Assert.All(await fleet.Store.ItemsAsync(stint.JobId, cancellation: Cancellation), item => Assert.Null(item.Entry));
    }

    [Fact]
    public async Task What_is_no_latency_of_a_network_is_told_as_that()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await using HandAgent card = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard());
        var clients = new ContractClients(fleet);
        foreach (
            MeasureModelResponse? answer in (MeasureModelResponse?[])[null, new(), new() { Statistics = new() { MedianMs = double.NaN } }]
        )
        {
            Task<MeasureModelResponse> asking = clients.MeasureAsync(1000);
            ModelStint stint = (await card.NextAsync(FleetMessage.WhatOneofCase.Model)).Model;
            await card.SayAsync(
                new()
                {
                    Model = new()
                    {
                        Lease = stint.Lease,
                        JobId = stint.JobId,
                        Position = stint.Position,
                        Response = answer,
                    },
                }
            );
            await card.EndAsync(new() { Lease = stint.Lease, JobId = stint.JobId });
            Assert.Equal(
                (StatusCode.Internal, "Device 'card-0' answered for the network with what is no latency: ask again."),
                await ContractClients.RefusalAsync(() => asking)
            );
        }
    }

    [Fact]
    public async Task One_that_gives_all_back_at_once_gets_it_again_after_a_while()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await using HandAgent card = await HandAgent.JoinAsync(fleet.Channel, "card-0", new SimulatedCard());
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = Measure(fleet, Conv);
        Stint stint = await card.NextWorkAsync();
        var time = Stopwatch.StartNew();
        for (int i = 0; i < 2; i++)
        {
            await card.EndAsync(stint);
            stint = await card.NextWorkAsync();
        }
        // Never less, however fast the machine is.
        Assert.True(time.Elapsed > TimeSpan.FromSeconds(5), $"It got it twice again within {time.Elapsed}.");
        await card.TellAsync(stint, stint.Items[0]);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
    }

    [Fact]
    public void Readings_and_samples_that_are_no_times_do_not_count()
    {
        Assert.Equal([1.5], DeviceAnswers.Readings([double.NaN, -1, 0, double.PositiveInfinity, 1.5]));
        var result = new OperatorResult { Samples = { new SessionSamples { SamplesMs = { 1, 2 } } } };
        Assert.Single(DeviceAnswers.Samples(result));
        result.Samples.Add(new SessionSamples { SamplesMs = { double.NaN } });
        Assert.Empty(DeviceAnswers.Samples(result));
        LatencyEntry entry = DeviceAnswers.Entry(new() { Entry = new string(' ', 20_000) }, Conv);
        Assert.Equal("the device's answer is no entry of this operator: it has 20000 characters", entry.Failure);
    }

    private static AsyncServerStreamingCall<MeasureOperatorsResponse> Measure(TestFleet fleet, string key) =>
        new ContractClients(fleet).Profiler.MeasureOperators(new() { Keys = { key } }, cancellationToken: Cancellation);

    private static AgentMessage Answer(Stint stint, int position, string entry) =>
        new()
        {
            Result = new()
            {
                Lease = stint.Lease,
                JobId = stint.JobId,
                Position = position,
                Entry = entry,
            },
        };
}
