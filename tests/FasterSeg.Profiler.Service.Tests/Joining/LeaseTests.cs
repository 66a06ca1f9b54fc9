using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Jobs;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using DeviceHealth = FasterSeg.Profiler.Service.Jobs.DeviceHealth;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>What becomes of a lease where the call breaks, the fleet takes it away, the device is lost or leaves.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly HeldEngine held = new();
    private FakeFleet fleet = null!;
    private JoinedProfiler profiler = null!;
    private volatile bool isGone;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MeasurementSettings Settings => JobService.Settings;

    public async ValueTask InitializeAsync()
    {
        fleet = await FakeFleet.StartAsync();
        var measurer = new GoneMeasurer(new OperatorMeasurer(held.Engine, held.Engine.Time, NullLogger<OperatorMeasurer>.Instance), () =>
            isGone
        );
        profiler = await JoinedProfiler.StartAsync(held.Engine, [fleet.Address], services =>
        {
            services.Replace(
                ServiceDescriptor.Singleton(provider => new DeviceProbe(measurer, provider.GetRequiredService<DeviceHealth>()))
            );
            services.Replace(
                ServiceDescriptor.Singleton<IOperatorMeasurer>(provider => new WatchedMeasurer(
                    measurer,
                    new ModelMeasurer(held.Engine, held.Engine.Time),
                    provider.GetRequiredService<DeviceProbe>(),
                    provider.GetRequiredService<DeviceHealth>(),
                    NullLogger<WatchedMeasurer>.Instance
                ))
            );
        });
    }

    public async ValueTask DisposeAsync()
    {
        held.Release();
        await profiler.DisposeAsync();
        await fleet.DisposeAsync();
    }

    [Fact]
    public async Task The_hello_tells_what_the_device_is()
    {
        Hello hello = (await fleet.NextCallAsync()).Hello;
        Assert.Equal(("bench", "fake", "FAKE-0"), (hello.Name, hello.Device.Name, hello.Identity.DeviceUuid));
        Assert.Equal(("sessions-v5", false), (hello.Protocol, hello.ColdCaches));
        Assert.StartsWith("sessions-v5 ", hello.Identity.Protocol, StringComparison.Ordinal);
        Assert.NotEmpty(hello.Version);
        Assert.Empty(hello.Leases);
        Assert.Equal(new Condition(), hello.Condition);
    }

    [Fact]
    public async Task Results_of_a_broken_call_are_sent_again_until_they_are_kept_and_not_measured_again()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..3], Settings));
        List<AgentMessage> first = await call.UntilEndAsync(5);
        await call.KeepAsync(5, first[0].Result.Position);
        // What follows on the stream is read behind it.
        await call.SayAsync(JoinedProfiler.Stint(6, JobService.Measurable[..1], Settings));
        await call.UntilEndAsync(6);
        int opened = held.Opened;
        call.HangUp();

        FakeCall second = await fleet.NextCallAsync();
        Assert.Equal([5, 6], second.Hello.Leases.Order());
        await second.WelcomeAsync(5, 6);
        List<AgentMessage> again = await second.UntilEndAsync(5);
        Assert.Equal(first.Skip(1), again);
        AgentMessage[] other = [await second.NextAsync(), await second.NextAsync()];
        Assert.Equal(AgentMessage.WhatOneofCase.End, other[1].WhatCase);
        await second.KeepAsync(5, [.. again.SkipLast(1).Select(message => message.Result.Position)]);
        await second.KeepAsync(6, 0);
        await second.SayAsync(JoinedProfiler.Stint(9, JobService.Measurable[..1], Settings));
        await second.UntilEndAsync(9);
        second.HangUp();

        FakeCall third = await fleet.NextCallAsync();
        Assert.Equal([9], third.Hello.Leases);
        // Of lease 9 alone: its operator, and the sentinel before and after, the first time twice.
        Assert.Equal(opened + 4, held.Opened);
    }

    [Fact]
    public async Task A_device_measures_on_while_no_fleet_answers()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        held.Hold();
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..3], Settings));
        await held.Arrived;
        call.HangUp();
        FakeCall second = await fleet.NextCallAsync();
        Assert.Equal([5], second.Hello.Leases);
        second.HangUp();
        held.Release();
        FakeCall third = await fleet.WelcomeNextAsync(5);
        Assert.Equal(4, (await third.UntilEndAsync(5)).Count);
    }

    [Fact]
    public async Task A_lease_that_the_welcome_does_not_list_is_stopped_and_its_late_results_are_told_once()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(4, JobService.Measurable[..1], Settings));
        await call.UntilEndAsync(4);
        held.Hold();
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[1..4], Settings));
        await held.Arrived;
        call.HangUp();

        FakeCall second = await fleet.NextCallAsync();
        Assert.Equal([4, 5], second.Hello.Leases.Order());
        await second.WelcomeAsync();
        Assert.Equal(4, (await second.NextAsync()).Result.Lease);
        Assert.Equal(4, (await second.NextAsync()).End.Lease);
        held.Release();
        await second.SayAsync(JoinedProfiler.Stint(6, JobService.Measurable[4..5], Settings));
        Assert.All(await second.UntilEndAsync(6), message => Assert.Equal(6, message.Result?.Lease ?? message.End.Lease));
        Assert.DoesNotContain(held.Engine.Opened, JobService.Measurable[1..4].Select(spec => spec.ToString()).Contains);
        second.HangUp();
        Assert.Equal([6], (await fleet.NextCallAsync()).Hello.Leases);
    }

    [Fact]
    public async Task A_revoked_lease_ends_without_a_word()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        held.Hold((name, _) => name == JobService.Measurable[1].ToString());
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..3], Settings, hasSpace: false));
        Assert.Equal(0, (await call.NextAsync()).Result.Position);
        await held.Arrived;
        await call.SayAsync(new() { Revocation = new() { Lease = 5 } });
        await call.SayAsync(JoinedProfiler.Stint(6, JobService.Measurable[3..4], Settings));
        // What is measured before the device has read it may be told.
        while (!profiler.Leases.Lines.Any(line => line.Contains("Lease 5 is stopped", StringComparison.Ordinal)))
            await Task.Delay(20, Cancellation);
        held.Release();
        Assert.All(await call.UntilEndAsync(6), message => Assert.Equal(6, message.Result?.Lease ?? message.End.Lease));
        Assert.DoesNotContain(JobService.Measurable[2].ToString(), held.Engine.Opened);
        call.HangUp();
        Assert.Equal([6], (await fleet.NextCallAsync()).Hello.Leases);
    }

    [Fact]
    public async Task Signs_come_while_a_session_takes_long()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        held.Hold();
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..1], Settings));
        await held.Arrived;
        int before = call.Signs;
        while (call.Signs < before + 3)
            await Task.Delay(20, Cancellation);
        held.Release();
        await call.UntilEndAsync(5);
    }

    [Fact]
    public async Task A_lost_device_says_so_and_goes_on_when_it_is_found()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        isGone = true;
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..3], Settings));
        Assert.Equal("gone", (await call.NextAsync()).Condition.Lost);
        isGone = false;
        // The recovery looks for it after a second.
        Assert.Equal(new Condition(), (await call.NextAsync()).Condition);
        List<AgentMessage> told = await call.UntilEndAsync(5);
        Assert.Equal(4, told.Count);
        Assert.DoesNotContain(told, message => message.Result?.Entry.Contains("gone", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Who_leaves_says_so_and_gives_back_what_it_has_not_measured()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        held.Hold((name, _) => name == JobService.Measurable[1].ToString());
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..3], Settings, hasSpace: false));
        await call.SayAsync(JoinedProfiler.Stint(6, JobService.Measurable[..3], Settings));
        Assert.Equal(0, (await call.NextAsync()).Result.Position);
        await held.Arrived;
        Task stopping = profiler.StopAsync();
        Assert.True((await call.NextAsync()).Condition.Leaving);
        StintEnd[] ends = [(await call.NextAsync()).End, (await call.NextAsync()).End];
        Assert.Equal([5, 6], ends.Select(end => end.Lease).Order());
        Assert.All(ends, end => Assert.Equal("The device leaves the fleet.", end.Reason));
        await call.KeepAsync(5, 0);
        await call.Ended;
        held.Release();
        await stopping;
        Assert.Contains(profiler.Log.Lines, line => line.Contains("has left the fleet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_leaves_does_not_wait_for_a_fleet_that_keeps_nothing()
    {
        FakeCall call = await fleet.WelcomeNextAsync();
        await call.SayAsync(JoinedProfiler.Stint(5, JobService.Measurable[..1], Settings));
        await call.UntilEndAsync(5);
        await profiler.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.True((await call.NextAsync()).Condition.Leaving);
        await Assert.ThrowsAsync<IOException>(() => call.Ended);
    }

    private sealed class GoneMeasurer(IOperatorMeasurer inner, Func<bool> isGone) : IOperatorMeasurer
    {
        public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation) =>
            isGone() ? new(Latency.Tables.LatencyEntry.Failed(spec, "gone")) : inner.Measure(spec, settings, cancellation);
    }
}
