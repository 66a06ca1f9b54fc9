using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Jobs;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>The device of the fleet's own tests behaves as a real one does.</summary>
public sealed class SimulatedDeviceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_measures_a_stint_as_its_card_is()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        var card = new SimulatedCard
        {
            Noise = 0.01,
            Factor = 1.5,
            KindFactors = new Dictionary<OperatorKind, double> { [JobService.Measurable[0].Kind] = 2 },
            TrueMs = _ => 10,
            Fails = key => key == JobService.Measurable[1].ToString() ? "no kernel" : null,
        };
        await using SimulatedDevice device = Quick("one", card, fleet);
        FakeCall call = await fleet.WelcomeNextAsync();
        Assert.Equal(("one", "SIM-one"), (call.Hello.Name, call.Hello.Identity.DeviceUuid));
        await call.SayAsync(JoinedProfiler.Stint(3, JobService.Measurable[..2], new MeasurementSettings()));
        List<AgentMessage> told = await call.UntilEndAsync(3);
        LatencyEntry first = LatencyTableJson.ParseEntry(told[0].Result.Entry, "first"),
            second = LatencyTableJson.ParseEntry(told[1].Result.Entry, "second");
        Assert.InRange(first.MedianMs, 28, 32);
        Assert.Equal("no kernel", second.Failure);
        Assert.All(told[2].End.SentinelMs, ms => Assert.InRange(ms, 14, 32));
        Assert.Equal(first, card.Measure(first.Spec.ToString(), 1) with { Placement = first.Placement });
        Assert.NotEqual(first.MedianMs, card.Measure(first.Spec.ToString(), 2).MedianMs);
        await call.KeepAsync(3, 0, 1);
        while (device.Kept < 2)
            await Task.Delay(5, Cancellation);
        Assert.Equal([1, 1], device.Measured.Values);
    }

    [Fact]
    public async Task It_brings_back_what_was_not_kept_and_after_a_kill_nothing()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using SimulatedDevice device = Quick("one", new(), fleet);
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(3, JobService.Measurable[..3], new MeasurementSettings()));
        List<AgentMessage> told = await call.UntilEndAsync(3);
        await call.KeepAsync(3, 0);
        while (device.Kept < 1)
            await Task.Delay(5, Cancellation);
        device.DropCall();
        FakeCall second = await fleet.NextCallAsync();
        Assert.Equal([3], second.Hello.Leases);
        await second.WelcomeAsync(3);
        Assert.Equal(told.Skip(1), await second.UntilEndAsync(3));
        await device.KillAsync();
        Assert.False(device.IsAttached);
        device.Start();
        Assert.Empty((await fleet.NextCallAsync()).Hello.Leases);
        Assert.All(device.Measured.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Frozen_it_is_silent_and_woken_it_sends_its_late_result()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using SimulatedDevice device = Quick("one", new(), fleet);
        FakeCall call = await fleet.WelcomeNextAsync();
        device.Freeze();
        await call.SayAsync(JoinedProfiler.Stint(3, JobService.Measurable[..1], new MeasurementSettings()));
        int signs = call.Signs;
        await Task.Delay(TimeSpan.FromSeconds(5 * FakeCall.SignSeconds), Cancellation);
        // One may have been on its way.
        Assert.InRange(call.Signs, signs, signs + 1);
        Assert.Null(call.Present);
        device.Wake();
        Assert.Equal(3, (await call.NextAsync()).Result.Lease);
    }

    [Fact]
    public async Task It_leaves_when_the_fleet_has_what_it_measured()
    {
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        await using SimulatedDevice device = Quick("one", new(), fleet);
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(3, JobService.Measurable[..1], new MeasurementSettings()));
        await call.UntilEndAsync(3);
        device.Takes = _ => TimeSpan.FromHours(1);
        await call.SayAsync(JoinedProfiler.Stint(4, JobService.Measurable[..2], new MeasurementSettings()));
        while (device.Waiting < 2)
            await Task.Delay(5, Cancellation);
        device.Leave();
        Assert.True((await call.NextAsync()).Condition.Leaving);
        Assert.Equal(4, (await call.NextAsync()).End.Lease);
        Assert.False(call.Ended.IsCompleted);
        await call.KeepAsync(3, 0);
        await call.Ended;
    }

    [Fact]
    public async Task A_thousand_of_them_need_no_threads_of_their_own()
    {
        const int Devices = 1000;
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        SimulatedDevice[] devices = [.. Enumerable.Range(0, Devices).Select(i => Quick($"device-{i}", new() { Seed = i }, fleet))];
        var calls = new List<FakeCall>();
        for (int i = 0; i < Devices; i++)
            calls.Add(await fleet.WelcomeNextAsync());
        foreach (FakeCall call in calls)
            await call.SayAsync(JoinedProfiler.Stint(1, JobService.Measurable[..2], new MeasurementSettings()));
        foreach (FakeCall call in calls)
            Assert.Equal(3, (await call.UntilEndAsync(1)).Count);
        Assert.Equal(2 * Devices, devices.Sum(device => device.Measured.Count));
        Assert.True(ThreadPool.ThreadCount < Devices / 10, $"{ThreadPool.ThreadCount} threads");
        foreach (SimulatedDevice device in devices)
            await device.DisposeAsync();
    }

    private static SimulatedDevice Quick(string name, SimulatedCard card, FakeFleet fleet)
    {
        var device = new SimulatedDevice(name, card, [fleet.Address]) { Takes = _ => TimeSpan.FromMilliseconds(1) };
        device.Start();
        return device;
    }
}
