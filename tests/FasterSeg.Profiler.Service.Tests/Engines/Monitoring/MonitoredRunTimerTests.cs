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
    public void A_run_on_a_slowed_down_card_is_disturbed(ThrottleReasons reasons, bool expected)
    {
        card.Reading = card.Reading with { Throttling = reasons };
        Assert.Equal(new RunTime(5, expected), Timer().Time(Workload(5)));
    }

    [Theory]
    [InlineData(1600, false)]
    [InlineData(1500, false)] // 75 % of 2000
    [InlineData(1499, true)]
    public void A_run_with_a_clock_far_below_the_highest_seen_is_disturbed(int mhz, bool expected)
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
    public void A_card_that_tells_no_clock_disturbs_nothing()
    {
        card.Reading = new(null, null, null, null, null, null, ThrottleReasons.None);
        Assert.False(Timer().Time(Workload(30)).Disturbed);
    }

    [Fact]
    public void Short_runs_share_a_look()
    {
        MonitoredRunTimer timer = Timer();
        SyntheticWorkload workload = Workload(1);
        for (int i = 0; i < 100; i++)
            timer.Time(workload);
        Assert.InRange(card.Looks, 4, 6);
    }

    [Fact]
    public void Throttled_runs_are_set_aside_by_the_protocol()
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
