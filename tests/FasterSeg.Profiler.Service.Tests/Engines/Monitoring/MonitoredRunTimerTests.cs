using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines.Monitoring;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines.Gpu;
using FasterSeg.Profiler.Service.Tests.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Engines.Monitoring;

public sealed class MonitoredRunTimerTests
{
    private readonly SyntheticTime time = new();
    private readonly FakeNvml card = new();

    [Theory]
    [InlineData(ThrottleReasons.SoftwarePowerCap, false)]
    [InlineData(ThrottleReasons.HardwareThermalSlowdown, true)]
    public void ARunOnASlowedDownCard_IsDisturbed(ThrottleReasons reasons, bool expected)
    {
        card.Reading = card.Reading with { Throttling = reasons };
        Assert.Equal(new RunTime(5, expected), Timer().Time(Workload(5)));
    }

    [Theory]
    [InlineData(1600, false)]
    [InlineData(1500, false)] // 75 % of 2000
    [InlineData(1499, true)]
    public void ARunWithAClockFarBelowTheHighestSeen_IsDisturbed(int mhz, bool expected)
    {
        MonitoredRunTimer timer = Timer();
        card.Reading = card.Reading with { SmMhz = 2000 };
        Assert.False(timer.Time(Workload(30)).Disturbed);
        card.Reading = card.Reading with { SmMhz = mhz };
        Assert.Equal(expected, timer.Time(Workload(30)).Disturbed);
        card.Reading = card.Reading with { SmMhz = 2000 };
        Assert.False(timer.Time(Workload(30)).Disturbed);
    }

    [Fact]
    public void ACardThatTellsNoClock_DisturbsNothing()
    {
        card.Reading = new(null, null, null, null, null, null, ThrottleReasons.None);
        Assert.False(Timer().Time(Workload(30)).Disturbed);
    }

    [Fact]
    public void ShortRuns_ShareALook()
    {
        MonitoredRunTimer timer = Timer();
        SyntheticWorkload workload = Workload(1);
        for (int i = 0; i < 100; i++)
            timer.Time(workload);
        Assert.InRange(card.Looks, 4, 6);
    }

    [Fact]
    public void ThrottledRuns_AreSetAsideByTheProtocol()
    {
        // Hot for runs 40 to 60, and slower by half.
        var workload = new SyntheticWorkload(time, run =>
        {
            bool hot = run is >= 40 and < 60;
            card.Reading = card.Reading with { Throttling = hot ? ThrottleReasons.HardwareSlowdown : ThrottleReasons.None };
            return hot ? 30 : 20;
        });
        MeasuredLatency measurement = new MeasuringProtocol(Timer(), time)
            .Measure(workload, new() { MinimumSamples = 80, MaximumSeconds = 10 }, TestContext.Current.CancellationToken)
            .ToLatency();
        Assert.Equal(20, measurement.Spread.Disturbed);
        Assert.Equal((20.0, 20.0), (measurement.MedianMs, measurement.Spread.P95Ms));
    }

    private MonitoredRunTimer Timer() => new(new ClockRunTimer(time), card, time);

    private SyntheticWorkload Workload(double ms) => new(time, _ => ms);
}
