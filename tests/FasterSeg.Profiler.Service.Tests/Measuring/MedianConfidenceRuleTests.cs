using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class MedianConfidenceRuleTests
{
    private readonly MedianConfidenceRule rule = new(relativeHalfWidth: 0.01, minimumSamples: 15, minimumSeconds: 0.02, maximumSeconds: 0.5);

    [Fact]
    public void EqualSamplesConvergeAtTheMinimumCountAndTime()
    {
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(14, _ => 1), 0.1));
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(15, _ => 1), 0.019));
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(15, _ => 1), 0.02));
    }

    [Fact]
    public void TheHalfWidthIsComparedWithTheShareOfTheMedian()
    {
        // 15 samples: the interval is from the 4th to the 12th smallest, 8 steps around the 8th, which is 100.
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(15, i => 100 + ((i - 7) * 0.249)), 0.1));
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(15, i => 100 + ((i - 7) * 0.251)), 0.1));
    }

    [Fact]
    public void RareOutliersDoNotMatter() =>
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(30, i => i % 10 == 0 ? 50 : 1), 0.1));

    [Fact]
    public void TwoEqualModesDoNotConvergeAndEndAtTheCap()
    {
        double[] samples = Samples(60, i => i % 2 == 0 ? 1 : 2);
        Assert.Equal(StoppingDecision.Continue, rule.Decide(samples, 0.49));
        Assert.Equal(StoppingDecision.Capped, rule.Decide(samples, 0.5));
    }

    [Fact]
    public void TheCapWaitsForSamplesThatHaveAnInterval()
    {
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(5, _ => 1000), 5));
        Assert.Equal(StoppingDecision.Capped, rule.Decide(Samples(6, i => 1000 + (100 * i)), 6));
    }

    private static double[] Samples(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
}
