using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class MedianConfidenceRuleTests
{
    private readonly MedianConfidenceRule rule = new(
        relativeHalfWidth: 0.01,
        minimumSamples: 15,
        minimumSeconds: 0.02,
        maximumSeconds: 0.5
    );

    [Fact]
    public void Equal_samples_converge_at_the_minimum_count_and_time()
    {
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(14, _ => 1), 0.1));
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(15, _ => 1), 0.019));
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(15, _ => 1), 0.02));
    }

    [Fact]
    public void The_half_width_is_compared_with_the_share_of_the_median()
    {
        // 15 samples: the interval is from the 4th to the 12th smallest, 8 steps around the 8th, which is 100.
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(15, i => 100 + ((i - 7) * 0.249)), 0.1));
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(15, i => 100 + ((i - 7) * 0.251)), 0.1));
    }

    [Fact]
    public void Rare_outliers_do_not_matter() =>
        Assert.Equal(StoppingDecision.Converged, rule.Decide(Samples(30, i => i % 10 == 0 ? 50 : 1), 0.1));

    [Fact]
    public void Two_equal_modes_do_not_converge_and_end_at_the_cap()
    {
        double[] samples = Samples(60, i => i % 2 == 0 ? 1 : 2);
        Assert.Equal(StoppingDecision.Continue, rule.Decide(samples, 0.49));
        Assert.Equal(StoppingDecision.Capped, rule.Decide(samples, 0.5));
    }

    [Fact]
    public void Two_states_in_turn_end_at_a_plateau_long_before_the_cap()
    {
        // Whatever is taken, the interval goes from one state to the other.
        Func<int, double> states = i => i % 2 == 0 ? 1 : 2;
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(MedianConfidenceRule.PlateauSamples - 2, states), 0.1));
        Assert.Equal(StoppingDecision.Plateau, rule.Decide(Samples(MedianConfidenceRule.PlateauSamples, states), 0.1));
    }

    [Fact]
    public void Noise_that_more_samples_would_average_out_is_no_plateau()
    {
        // Skewed noise, far too wide for the share, whose interval narrows with the root of the number.
        int plateaus = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            if (rule.Decide(Samples(640, _ => 1 - Math.Log(1 - random.NextDouble())), 0.1) == StoppingDecision.Plateau)
                plateaus++;
        }
        Assert.InRange(plateaus, 0, 20);
    }

    [Fact]
    public void The_cap_waits_for_samples_that_have_an_interval()
    {
        Assert.Equal(StoppingDecision.Continue, rule.Decide(Samples(5, _ => 1000), 5));
        Assert.Equal(StoppingDecision.Capped, rule.Decide(Samples(6, i => 1000 + (100 * i)), 6));
    }

    private static double[] Samples(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
}
