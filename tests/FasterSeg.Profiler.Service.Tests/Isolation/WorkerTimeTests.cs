using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

/// <summary>Which time counts against a worker.</summary>
public sealed class WorkerTimeTests
{
    private static readonly WorkerLimits Limits = new(BuildSeconds: 60, MeasuringSeconds: 60, MemoryBytes: 1);

    private readonly SyntheticTime clock = new();
    private readonly WorkerTime time;
    private readonly StageClock stages;

    public WorkerTimeTests()
    {
        time = new(clock);
        stages = new(Limits, new MeasurementSettings(), sessions: 1, Stage.Building, time);
    }

    [Fact]
    public void A_worker_that_runs_is_charged_tick_by_tick()
    {
        Pass(ticks: 600, isStopped: false);
        Assert.Null(stages.Excess());
        Pass(ticks: 1, isStopped: false);
        Assert.Equal("took longer than 60 s to build the model", stages.Excess()?.What);
        Assert.Equal(TimeSpan.Zero, time.Stopped);
    }

    [Fact]
    public void A_worker_that_a_signal_has_stopped_is_not_charged()
    {
        Pass(ticks: 500, isStopped: false);
        Pass(ticks: 750, isStopped: true);
        Assert.Null(stages.Excess());
        Assert.Equal(75, time.Stopped.TotalSeconds, 6);
        Pass(ticks: 101, isStopped: false);
        Assert.NotNull(stages.Excess());
    }

    [Fact]
    public void A_service_that_was_suspended_itself_does_not_charge_its_worker()
    {
        Pass(ticks: 500, isStopped: false);
        clock.Advance(70_000);
        time.Tick(isStopped: false);
        Assert.Null(stages.Excess());
        Assert.Equal(69, time.Stopped.TotalSeconds, 6);
    }

    [Fact]
    public void Between_two_ticks_the_time_goes_on_and_no_further_than_one_may_count()
    {
        long start = time.GetTimestamp();
        clock.Advance(300);
        Assert.Equal(300, time.GetElapsedTime(start).TotalMilliseconds, 6);
        clock.Advance(70_000);
        Assert.Equal(WorkerTime.LongestTick, time.GetElapsedTime(start));
    }

    [Fact]
    public void What_it_waited_for_a_processor_is_taken_back()
    {
        Pass(ticks: 610, isStopped: false);
        Assert.NotNull(stages.Excess());
        time.TakeBack(TimeSpan.FromSeconds(20));
        Assert.Null(stages.Excess());
    }

    private void Pass(int ticks, bool isStopped)
    {
        for (int i = 0; i < ticks; i++)
        {
            clock.Advance(100);
            time.Tick(isStopped);
        }
    }
}
