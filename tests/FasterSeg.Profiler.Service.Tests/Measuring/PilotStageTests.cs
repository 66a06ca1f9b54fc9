using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class PilotStageTests
{
    [Theory]
    [InlineData(10, 18, 1)] // a third of 0.5 s holds 17 runs of 10 ms; each is looked at
    [InlineData(0.1, 1668, 20)] // 20 runs of 0.1 ms between two looks 2 ms apart
    [InlineData(0.001, PilotStage.MostSamples, 2000)]
    [InlineData(1000, MeasurementSettings.DefaultMinimumSamples, 1)]
    [InlineData(0, PilotStage.MostSamples, PilotStage.MostSamples)] // below the clock's resolution
    public void Plans_by_the_cost_of_a_run(double runMs, int most, int every) =>
        Assert.Equal(
            new SamplingPlan(most, every, new MeasurementSettings().SessionSeconds),
            PilotStage.Plan(new WarmupResult(6, runMs, Steady: true), new MeasurementSettings())
        );
}
