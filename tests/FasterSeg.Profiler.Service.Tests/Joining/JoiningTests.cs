using FasterSeg.Latency;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>How a device comes into a fleet, and out of it; models.</summary>
public sealed class JoiningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_is_one_line_of_the_log_and_is_asked_about_again_after_30_seconds()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        fleet.Refusal = _ => new Status(StatusCode.Unauthenticated, "This call needs a device's key.");
        var time = new WaitingTime();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(Engine(), [fleet.Address], services =>
            services.Replace(ServiceDescriptor.Singleton(provider => ActivatorUtilities.CreateInstance<FleetAgent>(provider, time)))
        );
        await WaitAsync(() => fleet.Refused == 2, time);
        // Its own service goes on meanwhile.
        GetDeviceResponse device = await new ProfilerService.ProfilerServiceClient(profiler.Channel).GetDeviceAsync(
            new(),
            cancellationToken: Cancellation
        );
        Assert.Equal("fake", device.Device.Name);
        string line = Assert.Single(profiler.Log.Lines);
        Assert.Equal(
            $"The fleet at {fleet.Address.GetLeftPart(UriPartial.Authority)} does not let this device in: This call needs a device's key. "
                + "Set FASTERSEG_PROFILER_KEY to a device's key that the fleet's file knows. The device asks again each 30 s.",
            line
        );
        fleet.Refusal = _ => null;
        Task<FakeCall> next = fleet.WelcomeNextAsync();
        await WaitAsync(() => next.IsCompleted, time);
        await next;
    }

    [Fact]
    public async Task Who_is_dismissed_tells_why_and_does_not_call_again()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(Engine(), [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(new() { Dismissal = new() { Reason = "Anna took it home." } });
        await profiler.Services.GetRequiredService<FleetAgent>().ExecuteTask!.WaitAsync(Cancellation);
        Assert.Contains(profiler.Log.Lines, line => line.Contains("dismisses this device: Anna took it home;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_node_takes_the_call_where_one_is_gone()
    {
        FakeFleet[] nodes = [await FakeFleet.StartAsync(), await FakeFleet.StartAsync()];
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(Engine(), [.. nodes.Select(node => node.Address)]);
        // Which one comes first is drawn.
        Task<FakeCall>[] welcomes = [.. nodes.Select(node => node.WelcomeNextAsync())];
        int first = Array.IndexOf(welcomes, await Task.WhenAny(welcomes));
        await using FakeFleet second = nodes[1 - first];
        await nodes[first].DisposeAsync();
        await welcomes[1 - first];
        // It writes the line when it hears the welcome.
        while (profiler.Log.Lines.Count(line => line.StartsWith("This device is 'bench' of the fleet", StringComparison.Ordinal)) < 2)
            await Task.Delay(5, Cancellation);
    }

    [Fact]
    public async Task A_model_that_comes_in_chunks_is_measured()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(Engine(), [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        byte[] model = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), 1, 1).ToByteArray();
        await SendAsync(call, 3, model);
        AgentMessage answer = await call.NextAsync();
        Assert.Equal((3, 4), (answer.Model.Lease, answer.Model.Position));
        Assert.Equal((1, "fake"), (answer.Model.Response.Statistics.MedianMs, answer.Model.Response.Device.Name));
        Assert.Equal(3, answer.Model.Response.Samples.Count);
        Assert.Equal(new StintEnd { Lease = 3 }, (await call.NextAsync()).End);
        // Until the fleet has it for good.
        call.HangUp();
        FakeCall second = await fleet.WelcomeNextAsync(3);
        Assert.Equal([3], second.Hello.Leases);
        Assert.Equal(answer, await second.NextAsync());
        Assert.Equal(0, profiler.Services.GetRequiredService<UploadBudget>().Used);
    }

    [Fact]
    public async Task A_model_that_cannot_be_measured_is_refused()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(Engine(), [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        await SendAsync(call, 1, [.. Enumerable.Repeat((byte)255, 1000)]);
        Refusal refusal = (await call.NextAsync()).Model.Refusal;
        Assert.Equal("chunk", refusal.Field);
        Assert.NotEmpty(refusal.Sentence);
        await call.UntilEndAsync(1);
        byte[] model = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), 1, 1).ToByteArray();
        await SendAsync(call, 2, model, new() { BatchSize = 7 });
        Assert.Equal("options.measurement.batch_size", (await call.NextAsync()).Model.Refusal.Field);
        await call.UntilEndAsync(2);
        await SendAsync(call, 3, model, new() { Threads = 99 });
        Assert.Equal("options.measurement.threads", (await call.NextAsync()).Model.Refusal.Field);
        await call.UntilEndAsync(3);
        await call.SayAsync(
            new()
            {
                Model = new() { Lease = 4, Bytes = 1L << 40 },
            }
        );
        Assert.Contains("larger than", (await call.NextAsync()).Model.Refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_name_the_fleets_nodes_and_the_device()
    {
        JoinOptions join = ServiceConfiguration.Load(["--join", "https://a:5250, https://b:5250", "--join-as", "box-2"]).Join;
        Assert.Equal([new("https://a:5250"), new("https://b:5250")], join.Fleets);
        Assert.Equal("box-2", join.Name);
        Assert.Empty(ServiceConfiguration.Load([]).Join.Fleets);
    }

    [Theory]
    [InlineData("--join", "fleet:5250")]
    [InlineData("--join", "https://a:5250,")]
    [InlineData("--join", "https://a:5250,https://a:5250")]
    [InlineData("--join", "https://a:5250", "--join-as", "two words")]
    [InlineData("--join-as", "box-2")]
    public void What_is_no_fleet_or_no_name_is_wrong_usage(params string[] arguments) =>
        Assert.Throws<UsageException>(() => ServiceConfiguration.Load(arguments));

    private static FakeEngine Engine()
    {
        var time = new SyntheticTime();
        return new() { Time = time, Running = _ => time.Advance(1) };
    }

    private static async Task SendAsync(FakeCall call, long lease, byte[] model, MeasurementOptions? options = null)
    {
        await call.SayAsync(
            new()
            {
                Model = new()
                {
                    Lease = lease,
                    Position = 4,
                    Bytes = model.Length,
                    Options = new() { Measurement = options ?? new MeasurementSettings().ToMessage(), WithSamples = true },
                },
            }
        );
        foreach (byte[] chunk in model.Chunk((model.Length / 3) + 1))
            await call.SayAsync(new() { Chunk = ByteString.CopyFrom(chunk) });
    }

    /// <summary>Waits for something while the pauses behind a refusal end at once.</summary>
    private static async Task WaitAsync(Func<bool> isThere, WaitingTime time)
    {
        while (!isThere())
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(50);
            try
            {
                WaitingTime.Waiting wait = await time.NextAsync(patience.Token);
                // Not what bounds the wait for a welcome, nor the pace of the signs.
                if (wait.Span == Redialling.Refused)
                    wait.GoOn();
            }
            catch (OperationCanceledException)
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
