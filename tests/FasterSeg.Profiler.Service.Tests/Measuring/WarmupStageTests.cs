using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class WarmupStageTests
{
    private readonly SyntheticTime time = new();

    [Fact]
    public void A_steady_workload_takes_two_windows()
    {
        WarmupResult result = WarmUp(_ => 1, seconds: 1);
        Assert.Equal(new WarmupResult(Runs: 2 * WarmupStage.WindowRuns, FastestMs: 1, Steady: true), result);
    }

    [Fact]
    public void A_workload_that_gets_faster_is_warmed_until_it_no_longer_does()
    {
        // 10, 9, ... 2, 1, 1, ...: the fastest run of a window improves until the window after run 10.
        WarmupResult result = WarmUp(run => Math.Max(1, 10 - run), seconds: 1);
        Assert.True(result.Steady);
        Assert.Equal(1, result.FastestMs);
        Assert.Equal(15, result.Runs);
    }

    [Fact]
    public void A_workload_that_never_gets_steady_ends_at_the_cap()
    {
        WarmupResult result = WarmUp(run => 100 * Math.Pow(0.95, run), seconds: 0.25);
        Assert.False(result.Steady);
        Assert.Equal(3, result.Runs);
    }

    [Fact]
    public void A_slow_workload_runs_once_at_least() => Assert.Equal(1, WarmUp(_ => 60_000, seconds: 0.25).Runs);

    private WarmupResult WarmUp(Func<int, double> msOfRun, double seconds) =>
        new WarmupStage(new ClockRunTimer(time), time, seconds).Run(
            new SyntheticWorkload(time, msOfRun),
            TestContext.Current.CancellationToken
        );
}
