using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Jobs;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>What a device measures of a stint.</summary>
public sealed class StintTests
{
    private static readonly MeasurementSettings Settings = new()
    {
        Seed = 3,
        MaximumSeconds = 0.01,
        MinimumSamples = 6,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stints_results_are_those_of_a_table_job_and_each_is_sent_as_soon_as_it_is_settled()
    {
        LatencyTable table = await TableAsync();
        using var held = new HeldEngine(Ms);
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(held.Engine, [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        OperatorSpec[] all = [.. JobService.Space.Operators(full: true)];
        // Whoever is not sure after the full rounds is held until the others have come.
        held.Hold((name, session) => name == Restless && session == 3);
        await call.SayAsync(JoinedProfiler.Stint(7, all, Settings));
        var results = new Dictionary<int, OperatorResult>();
        while (results.Count < all.Length - 2)
            Add((await call.NextAsync()).Result);
        await held.Arrived;
        Assert.Null(call.Present);
        Assert.DoesNotContain(results.Keys, position => all[position].ToString() == Restless || all[position].ToString() == SlowOnce);
        held.Release();
        List<AgentMessage> rest = await call.UntilEndAsync(7);
        foreach (AgentMessage message in rest.SkipLast(1))
            Add(message.Result);

        Assert.Equal(table.Entries.Select(LatencyTableJson.SerializeEntry).Order(), results.Values.Select(result => result.Entry).Order());
        Assert.All(results, each => Assert.Equal(all[each.Key], Entry(each.Value).Spec));
        Assert.All(results.Values, result => Assert.Equal(Entry(result).Spread?.Sessions ?? 0, result.Samples.Count));
        Assert.All(results.Values, result =>
            Assert.Equal(Entry(result).Spread?.Samples ?? 0, result.Samples.Sum(session => session.SamplesMs.Count))
        );
        StintEnd end = rest[^1].End;
        Assert.Equal(("", ""), (end.Reason, end.Loaded));
        Assert.True(end.SentinelMs.Count > 3 * 2);
        Assert.All(end.SentinelMs, ms => Assert.Equal(1, ms));

        void Add(OperatorResult result) => results.Add(result.Position, result);
    }

    [Fact]
    public async Task Operators_without_a_space_are_measured_each_for_itself()
    {
        using var held = new HeldEngine(Ms);
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(held.Engine, [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(8, JobService.Measurable[..2], Settings, hasSpace: false));
        List<AgentMessage> told = await call.UntilEndAsync(8);
        Assert.Equal([0, 1, 0], told.Select(message => message.Result?.Position ?? 0));
        Assert.Equal([5, 3], told.SkipLast(1).Select(message => Entry(message.Result).Spread!.Sessions));
        Assert.Equal(Enumerable.Repeat(SlowOnce, 5).Concat(Enumerable.Repeat(JobService.Measurable[1].ToString(), 3)), held.Engine.Opened);
        Assert.Empty(told[^1].End.SentinelMs);
    }

    [Fact]
    public async Task The_end_of_a_stint_without_a_space_tells_of_load()
    {
        using var held = new HeldEngine(Ms);
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(held.Engine, [fleet.Address], services =>
            services.Replace(
                ServiceDescriptor.Singleton(provider => new DeviceLoad(provider.GetRequiredService<DevicePaces>(), new BusyProbe()))
            )
        );
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(8, JobService.Measurable[..2], Settings, hasSpace: false));
        List<AgentMessage> told = await call.UntilEndAsync(8);
        Assert.StartsWith("others used 77 % of the processors", told[^1].End.Loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_an_entry_and_what_is_asked_wrongly_is_given_back_with_the_reason()
    {
        var time = new Measuring.SyntheticTime();
        var engine = new FakeEngine
        {
            Time = time,
            Running = _ => time.Advance(1),
            Opening = name =>
            {
                if (name == SlowOnce)
                    throw new Service.Engines.UnusableModelException("no kernel");
            },
        };
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(engine, [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(1, JobService.Measurable[..3], Settings));
        List<AgentMessage> told = await call.UntilEndAsync(1);
        // It needs no further session, and is told first.
        Assert.Equal("no kernel", Entry(told[0].Result).Failure);
        Assert.Equal((0, 4), (told[0].Result.Samples.Count, told.Count));

        FleetMessage wrong = JoinedProfiler.Stint(2, JobService.Measurable[..1], Settings);
        wrong.Stint.Items[0].Key = "conv of nothing";
        wrong.Stint.Options.Threads = 1000;
        await call.SayAsync(wrong);
        StintEnd end = Assert.Single(await call.UntilEndAsync(2)).End;
        Assert.Contains("conv of nothing", end.Reason, StringComparison.Ordinal);
        Assert.Contains("1000 threads", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_profilers_own_clients_get_their_turns_beside_a_stint()
    {
        using var held = new HeldEngine();
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using JoinedProfiler profiler = await JoinedProfiler.StartAsync(held.Engine, [fleet.Address]);
        FakeCall call = await fleet.WelcomeNextAsync();
        held.Hold();
        await call.SayAsync(JoinedProfiler.Stint(1, JobService.Measurable[..20], Settings));
        await held.Arrived;
        using AsyncServerStreamingCall<MeasureOperatorsResponse> local = new ProfilerService.ProfilerServiceClient(
            profiler.Channel
        ).MeasureOperators(new() { Keys = { "conv h8 w8 c8-8 s1" }, Options = Settings.ToMessage() }, cancellationToken: Cancellation);
        // It waits on the device's thread before the stint goes on.
        var device = (DeviceWorker)profiler.Services.GetService(typeof(DeviceWorker))!;
        while (device.Waiting == 0)
            await Task.Delay(5, Cancellation);
        held.Release();
        await ProfilerFixture.CollectAsync(local.ResponseStream);
        await call.UntilEndAsync(1);
        Assert.True(held.Engine.Opened.LastIndexOf("conv h8 w8 c8-8 s1") < held.Opened - 20);
    }

    private static string SlowOnce { get; } = JobService.Measurable[0].ToString();

    private static string Restless { get; } = JobService.Measurable[^1].ToString();

    /// <summary>One operator's sessions never agree, of another the second is slow.</summary>
    private static double Ms(string name, int session) =>
        name == Restless ? 1 + (0.2 * session)
        : name == SlowOnce && session == 2 ? 1.5
        : 1;

    private static LatencyEntry Entry(OperatorResult result) => LatencyTableJson.ParseEntry(result.Entry, "a result");

    private static async Task<LatencyTable> TableAsync()
    {
        using var held = new HeldEngine(Ms);
        using var device = new DeviceWorker();
        FakeEngine engine = held.Engine;
        var measurer = new OperatorMeasurer(engine, engine.Time, NullLogger<OperatorMeasurer>.Instance);
        var builder = new TableBuilder(engine, device, measurer, engine.Time, NullLogger<TableBuilder>.Instance);
        return await builder.BuildAsync(new TableJob("job", JobService.Space, Settings, new MemoryJobLog()), Cancellation);
    }

    private sealed class BusyProbe : IHostProbe
    {
        public HostPace Read() => new(Busy: 0.77);
    }
}
