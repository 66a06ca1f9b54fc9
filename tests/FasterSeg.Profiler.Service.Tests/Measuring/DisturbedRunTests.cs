using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>Runs during which something else had the processor.</summary>
public sealed class DisturbedRunTests
{
    private readonly SyntheticTime time = new();
    private double processorMs;

    [Theory]
    [InlineData(10, 10, false)]
    [InlineData(10, 9.9, false)] // 1 % of the run
    [InlineData(10, 9.5, true)]
    [InlineData(0.1, 0.085, false)] // 15 % of it, but no longer than an interrupt
    [InlineData(0.1, 0.05, true)]
    public void A_run_that_lost_the_processor_is_disturbed(double wallMs, double processor, bool expected)
    {
        var workload = new SyntheticWorkload(time, _ =>
        {
            processorMs += processor;
            return wallMs;
        });
        RunTime run = new ClockRunTimer(time, () => processorMs).Time(workload);
        Assert.Equal(expected, run.Disturbed);
        Assert.Equal(wallMs, run.Ms, 6);
    }

    [Fact]
    public void Where_nobody_knows_of_the_processor_no_run_is_disturbed()
    {
        Assert.False(new ClockRunTimer(time).Time(new SyntheticWorkload(time, _ => 5)).Disturbed);
        Assert.False(new ClockRunTimer(time, () => double.NaN).Time(new SyntheticWorkload(time, _ => 5)).Disturbed);
    }

    [Fact]
    public void Disturbed_runs_are_set_aside_counted_and_replaced()
    {
        // Every fourth run takes ten times as long, and was not on the processor for most of it.
        MeasuredLatency measurement = Measure(run => run % 4 == 3, disturbedMs: 40);
        Assert.Equal((4, 4), (measurement.Spread.P95Ms, measurement.MedianMs));
        Assert.Equal(MeasurementSettings.DefaultMinimumSamples, measurement.Spread.Samples);
        Assert.InRange(measurement.Spread.Disturbed, 4, 6);
        Assert.False(measurement.Noisy);
    }

    [Fact]
    public void Where_most_runs_are_disturbed_they_are_the_measurement()
    {
        MeasuredLatency measurement = Measure(_ => true, disturbedMs: 40);
        Assert.Equal(40, measurement.MedianMs);
        Assert.True(measurement.Spread.Disturbed > 0);
    }

    [Fact]
    public void Runs_that_alone_take_longer_than_the_cap_are_not_set_aside()
    {
        MeasuredLatency measurement = Measure(_ => true, disturbedMs: 10_000);
        Assert.Equal((MedianInterval.FewestSamples, 0), (measurement.Spread.Samples, Math.Max(0, measurement.Spread.Disturbed - 1)));
    }

    [Fact]
    public void On_linux_the_threads_own_time_is_known_and_does_not_run_while_it_sleeps()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says so.");
        double before = ThreadClock.Reader!();
        Thread.Sleep(50);
        Assert.InRange(ThreadClock.Reader() - before, 0, 25);
        long spins = 0;
        while (ThreadClock.Reader() - before < 30)
            spins++;
        Assert.True(spins > 0);
    }

    private MeasuredLatency Measure(Func<int, bool> isDisturbed, double disturbedMs)
    {
        var workload = new SyntheticWorkload(time, run =>
        {
            processorMs += 4;
            return isDisturbed(run) ? disturbedMs : 4;
        });
        return new MeasuringProtocol(new ClockRunTimer(time, () => processorMs), time)
            .Measure(workload, new MeasurementSettings { MaximumSeconds = 1.5 }, TestContext.Current.CancellationToken)
            .ToLatency();
    }
}
