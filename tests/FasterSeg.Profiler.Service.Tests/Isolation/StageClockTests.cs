using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class StageClockTests
{
    // Caps of 1 + 2 s a session: one may take 20 + 2 * 3 s, and two with all else 60 + 60 + 2 * (10 + 26) + 10.
    private static readonly MeasurementSettings Settings = new() { MaximumSeconds = 4, Sessions = 2 };
    private static readonly WorkerLimits Limits = new(BuildSeconds: 10, MeasuringSeconds: 20, MemoryBytes: 1);

    private readonly SyntheticTime time = new();

    [Theory]
    [InlineData(Stage.Unspecified, 60, "took longer than 60 s to start", null)]
    [InlineData(Stage.Building, 10, "took longer than 10 s to build the model", "build-seconds")]
    [InlineData(Stage.Measuring, 26, "took longer than 26 s to measure the model", "measuring-seconds")]
    [InlineData(Stage.Placing, 10, "took longer than 10 s to find out where the model's nodes run", "build-seconds")]
    [InlineData(Stage.Checking, 60, "took longer than 60 s to compute the known numbers", "build-seconds")]
    public void Each_stage_has_its_own_limit_whatever_the_one_before_took_and_an_option_that_raises_it(
        Stage stage,
        double seconds,
        string sentence,
        string? option
    )
    {
        var clock = new StageClock(Limits, Settings, sessions: 2, Stage.Building, time);
        Pass(9);
        clock.Begin(stage);
        Pass(seconds);
        Assert.Null(clock.Excess());
        Pass(0.1);
        Assert.Equal(new TimeExcess(sentence, option), clock.Excess());
    }

    [Fact]
    public void A_worker_that_begins_stage_after_stage_passes_the_limit_of_the_whole()
    {
        var clock = new StageClock(Limits, Settings, sessions: 2, Stage.Unspecified, time);
        for (int i = 0; i < 20; i++)
        {
            clock.Begin(Stage.Building);
            Pass(10);
            Assert.Null(clock.Excess());
        }
        clock.Begin(Stage.Building);
        Pass(2.1);
        Assert.Equal("took longer than 202 s in all", clock.Excess()?.What);
    }

    [Theory]
    // Four times a run of the warm-up and six samples.
    [InlineData(10_000, 26 + (4 * 7 * 10))]
    [InlineData(0, 26)]
    public void A_model_of_long_runs_gets_time_for_the_fewest_of_them(double runMs, double seconds)
    {
        var clock = new StageClock(Limits with { BuildSeconds = 60 }, Settings, sessions: 1, Stage.Building, time);
        Pass(12);
        clock.Begin(Stage.Measuring, runMs);
        Pass(seconds);
        Assert.Null(clock.Excess());
        Pass(0.1);
        Assert.StartsWith(
            FormattableString.Invariant($"took longer than {seconds} s to measure"),
            clock.Excess()?.What,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_that_is_said_to_be_longer_than_the_building_it_was_part_of_is_not_believed()
    {
        var clock = new StageClock(Limits, Settings, sessions: 2, Stage.Building, time);
        Pass(1);
        clock.Begin(Stage.Measuring, runMs: 1e9);
        Pass(26 + 28 + 0.1);
        Assert.Equal("took longer than 54 s to measure the model", clock.Excess()?.What);
    }

    [Fact]
    public void The_second_session_of_long_runs_has_its_time_too()
    {
        var clock = new StageClock(Limits with { BuildSeconds = 60 }, Settings, sessions: 2, Stage.Building, time);
        for (int session = 0; session < 2; session++)
        {
            clock.Begin(Stage.Building);
            Pass(15);
            clock.Begin(Stage.Measuring, runMs: 10_000);
            Pass(300);
            Assert.Null(clock.Excess());
        }
    }

    private void Pass(double seconds) => time.Advance(seconds * 1000);
}
