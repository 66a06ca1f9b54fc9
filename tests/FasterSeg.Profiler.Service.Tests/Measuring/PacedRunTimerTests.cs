using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>Runs on a core whose other hardware thread somebody else uses now and then.</summary>
public sealed class PacedRunTimerTests
{
    private const double FreeMs = 0.010,
        ContendedMs = 0.017;

    private readonly SyntheticTime time = new();
    private readonly List<(double From, double To)> contended = [];
    private int pauses;

    [Fact]
    public void A_run_on_a_free_core_is_timed_at_once()
    {
        RunTime run = Timer().Time(Workload());
        Assert.Equal((5.0, false, 0.0), (run.Ms, run.Disturbed, run.WaitedMs));
        Assert.Equal(0, pauses);
    }

    [Fact]
    public void A_contended_core_is_waited_for_and_the_run_comes_after_a_warm_one()
    {
        PacedRunTimer timer = Timer();
        timer.Time(Workload());
        contended.Add((0, NowMs + 300));
        SyntheticWorkload workload = Workload();
        RunTime run = timer.Time(workload);
        Assert.Equal((5.0, false), (run.Ms, run.Disturbed));
        Assert.InRange(run.WaitedMs, 300, 320);
        Assert.Equal(2, workload.Runs);
    }

    [Fact]
    public void A_run_whose_core_is_contended_when_it_ends_is_disturbed()
    {
        PacedRunTimer timer = Timer();
        timer.Time(Workload());
        contended.Add((NowMs + 2, NowMs + 50));
        Assert.True(timer.Time(Workload()).Disturbed);
    }

    [Fact]
    public void A_core_that_is_always_contended_is_waited_for_in_proportion_to_the_sessions_cap()
    {
        PacedRunTimer timer = Timer();
        timer.Time(Workload());
        contended.Add((NowMs, 30_000));
        double waited = 0;
        for (int i = 0; i < 100; i++)
            waited += timer.Time(Workload()).WaitedMs;
        double patience = 1000 * PacedRunTimer.PatienceShare * new MeasurementSettings().SessionSeconds;
        // A wait ends with a run that makes the workload warm, and no sooner than a pause does.
        Assert.InRange(waited, patience, patience + 10);
        // The next session may wait again.
        timer.Begin(new MeasurementSettings(), isWatching: true);
        Assert.InRange(timer.Time(Workload()).WaitedMs, patience, patience + 10);
    }

    [Fact]
    public void A_core_that_is_not_watched_is_not_waited_for()
    {
        PacedRunTimer timer = Timer();
        timer.Time(Workload());
        contended.Add((0, 1e6));
        timer.Begin(new MeasurementSettings(), isWatching: false);
        Assert.Equal(new RunTime(5, Disturbed: false), timer.Time(Workload()));
    }

    [Fact]
    public void Waiting_does_not_count_against_the_time_of_a_measurement()
    {
        // Free for 30 ms of every 130, in which six runs fit: longer than the session's cap of 167 ms in all.
        for (int i = 0; i < 200; i++)
            contended.Add(((i * 130) + 30, (i + 1) * 130));
        MeasuredLatency measured = new MeasuringProtocol(Timer(), time)
            .Measure(Workload(), new MeasurementSettings(), TestContext.Current.CancellationToken)
            .ToLatency();
        Assert.False(measured.Noisy);
        Assert.Equal(MeasurementSettings.DefaultMinimumSamples, measured.Spread.Samples);
        Assert.Equal(5, measured.Spread.P95Ms);
    }

    [Fact]
    public void The_reference_is_the_fastest_pace_and_clocks_may_vary_a_little()
    {
        var watch = new PaceWatch();
        Assert.False(watch.IsContended(0.0170, 0));
        Assert.False(watch.IsContended(0.0100, 1));
        Assert.True(watch.IsContended(0.0170, 2));
        Assert.False(watch.IsContended(0.0122, 3));
        Assert.True(watch.IsContended(0.0128, 4));
    }

    [Fact]
    public void A_pace_that_is_slower_for_good_is_the_pace_after_a_while()
    {
        var watch = new PaceWatch();
        Assert.False(watch.IsContended(0.010, 0));
        double until = Enumerable.Range(1, 1000).Select(i => i * 0.5).First(seconds => !watch.IsContended(0.014, seconds));
        Assert.InRange(until, 15, 35); // 1.25 * 1.005^t = 1.4
        Assert.False(watch.IsContended(0.010, until + 1));
        Assert.True(watch.IsContended(0.014, until + 2));
    }

    [Fact]
    public void A_step_takes_some_microseconds_and_more_of_them_take_longer()
    {
        for (int i = 0; i < 1000; i++)
            CorePace.Step();
        double one = Enumerable.Range(0, 200).Min(_ => CorePace.ReadMs(TimeProvider.System));
        Assert.InRange(one, 0.001, 0.2);
    }

    private double NowMs => time.GetTimestamp() / 1e6;

    private SyntheticWorkload Workload() => new(time, _ => 5);

    private PacedRunTimer Timer()
    {
        var timer = new PacedRunTimer(
            new ClockRunTimer(time),
            () =>
            {
                bool slow = contended.Any(span => span.From <= NowMs && NowMs < span.To);
                time.Advance(slow ? ContendedMs : FreeMs);
                return slow ? ContendedMs : FreeMs;
            },
            pause =>
            {
                pauses++;
                time.Advance(pause.TotalMilliseconds);
            },
            time
        );
        timer.Begin(new MeasurementSettings(), isWatching: true);
        return timer;
    }
}
