using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class MeasuringProtocolTests
{
    private readonly SyntheticTime time = new();

    [Fact]
    public void A_steady_workload_converges_at_the_minimum()
    {
        MeasuredLatency measurement = Measure(_ => 4);
        Assert.False(measurement.Noisy);
        Assert.Equal(4, measurement.MedianMs);
        Assert.Equal(MeasurementSettings.DefaultMinimumSamples, measurement.Spread.Samples);
    }

    [Fact]
    public void A_short_workload_is_sampled_for_the_shortest_time()
    {
        MeasuredLatency measurement = Measure(_ => 0.01);
        Assert.False(measurement.Noisy);
        Assert.Equal(72, measurement.Spread.Samples); // 0.0167 s of 25 runs of 0.01 ms, looked at every 8 samples
        Assert.Equal(0.01, measurement.MedianMs, 9);
    }

    [Theory]
    [InlineData(0.005, 50)]
    [InlineData(0.049, 6)]
    [InlineData(0.05, 1)]
    [InlineData(0.00001, 250)]
    public void Short_runs_are_timed_several_at_a_time(double ms, int runs)
    {
        var warmup = new WarmupResult(10, ms, Steady: true);
        Assert.Equal(runs, PilotStage.RunsOfASample(warmup, new MeasurementSettings()));
        // A cold run has to be cold.
        Assert.Equal(1, PilotStage.RunsOfASample(warmup, new MeasurementSettings { ColdCaches = true }));
    }

    [Fact]
    public void What_a_short_run_takes_is_freed_of_most_of_the_timers_own_cost()
    {
        // A timer that costs a tenth of the run.
        var costly = new MeasuringProtocol(new CostlyTimer(time, costMs: 0.0005), time);
        MeasuredLatency measured = costly
            .Measure(new SyntheticWorkload(time, _ => 0.005), new MeasurementSettings(), TestContext.Current.CancellationToken)
            .ToLatency();
        Assert.InRange(measured.MedianMs, 0.005, 0.005 * 1.003);
    }

    [Fact]
    public void Slow_first_runs_are_not_sampled()
    {
        MeasuredLatency measurement = Measure(run => run < 5 ? 20 - run : 2);
        Assert.Equal(2, measurement.Spread.P95Ms);
    }

    [Fact]
    public void A_workload_of_two_modes_is_kept_and_flagged_noisy()
    {
        MeasuredLatency measurement = Measure(run => run % 2 == 0 ? 1 : 3);
        Assert.True(measurement.Noisy);
        Assert.InRange(measurement.MedianMs, 1, 3);
        Assert.InRange(measurement.Spread.Samples, 80, 90); // a third of 0.5 s, of 2 ms each
    }

    [Fact]
    public void A_drifting_workload_is_sampled_to_the_cap_and_flagged_noisy()
    {
        MeasuredLatency measurement = Measure(run => 1 + (run * 0.05));
        Assert.True(measurement.Noisy);
    }

    [Fact]
    public void A_slow_workload_gets_its_fewest_samples_beyond_the_cap()
    {
        MeasuredLatency measurement = Measure(run => 400 + (run % 3 * 100));
        Assert.Equal(MedianInterval.FewestSamples, measurement.Spread.Samples);
        Assert.True(measurement.Noisy);
    }

    [Fact]
    public void A_tighter_bound_takes_more_samples()
    {
        var random = new Random(3);
        Func<int, double> noise = _ => 1 + (0.05 * random.NextDouble());
        int loose = Measure(noise, new MeasurementSettings { RelativeHalfWidth = 0.02, MaximumSeconds = 5 }).Spread.Samples;
        int tight = Measure(noise, new MeasurementSettings { RelativeHalfWidth = 0.002, MaximumSeconds = 5 }).Spread.Samples;
        Assert.True(tight > 4 * loose, $"{tight} against {loose} samples");
    }

    [Fact]
    public void Cancellation_ends_a_measurement_between_two_runs()
    {
        using var cancellation = new CancellationTokenSource();
        var workload = new SyntheticWorkload(time, run =>
        {
            if (run == 10)
                cancellation.Cancel();
            return 5;
        });
        Assert.Throws<OperationCanceledException>(() => Protocol().Measure(workload, new MeasurementSettings(), cancellation.Token));
        Assert.Equal(11, workload.Runs);
    }

    [Fact]
    public void The_protocols_name_spells_its_settings() =>
        Assert.Equal("sessions-v5 sessions=3 half-width=0.01 min-samples=15 cap=0.5s hot-cache", new MeasurementSettings().Protocol);

    private sealed class CostlyTimer(SyntheticTime time, double costMs) : IRunTimer
    {
        public RunTime Time(IWorkload workload)
        {
            long start = time.GetTimestamp();
            time.Advance(costMs);
            workload.Run();
            return new(time.GetElapsedTime(start).TotalMilliseconds, Disturbed: false);
        }
    }

    private MeasuringProtocol Protocol() => new(new ClockRunTimer(time), time);

    private MeasuredLatency Measure(Func<int, double> msOfRun, MeasurementSettings? settings = null) =>
        Protocol()
            .Measure(new SyntheticWorkload(time, msOfRun), settings ?? new MeasurementSettings(), TestContext.Current.CancellationToken)
            .ToLatency();
}
