using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class StageClockTests
{
    // Caps of 1 + 2 s a session: one may take 20 + 2 * 3 s, and two with all else 60 + 2 * (10 + 26) + 10.
    private static readonly MeasurementSettings Settings = new() { MaximumSeconds = 4, Sessions = 2 };
    private static readonly WorkerLimits Limits = new(BuildSeconds: 10, MeasuringSeconds: 20, MemoryBytes: 1);

    private readonly SyntheticTime time = new();

    [Theory]
    [InlineData(Stage.Unspecified, 60, "took longer than 60 s to start")]
    [InlineData(Stage.Building, 10, "took longer than 10 s to build the model")]
    [InlineData(Stage.Measuring, 26, "took longer than 26 s to measure the model")]
    [InlineData(Stage.Placing, 10, "took longer than 10 s to find out where the model's nodes run")]
    public void EachStageHasItsOwnLimitWhateverTheOneBeforeTook(Stage stage, double seconds, string sentence)
    {
        var clock = new StageClock(Limits, Settings, sessions: 2, Stage.Building, time);
        Pass(9);
        clock.Begin(stage);
        Pass(seconds);
        Assert.Null(clock.Excess());
        Pass(0.1);
        Assert.Equal(sentence, clock.Excess());
    }

    [Fact]
    public void AWorkerThatBeginsStageAfterStagePassesTheLimitOfTheWhole()
    {
        var clock = new StageClock(Limits, Settings, sessions: 2, Stage.Unspecified, time);
        for (int i = 0; i < 14; i++)
        {
            clock.Begin(Stage.Building);
            Pass(10);
            Assert.Null(clock.Excess());
        }
        clock.Begin(Stage.Building);
        Pass(2.1);
        Assert.Equal("took longer than 142 s in all", clock.Excess());
    }

    private void Pass(double seconds) => time.Advance(seconds * 1000);
}
