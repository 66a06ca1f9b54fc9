using FasterSeg.Latency.Estimating;
using FasterSeg.Search.Searching;
using Xunit;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>Latency held to its target as a constraint.</summary>
public sealed class AugmentedLagrangianTests
{
    private const double Penalty = 0.7;
    private static readonly LatencyTarget Target = new(9, 11);

    [Theory, InlineData(12, 14, 30, 31), InlineData(7, 8, 30, 28)]
    public void The_weight_of_a_millisecond_is_the_slope_of_both_terms(double first, double second, double began, double now)
    {
        AugmentedLagrangian lagrangian = AugmentedLagrangian.Begin(0.01, [first, second], Target, began);
        Assert.Equal(Slope(lagrangian, now), lagrangian.WeightAt(Penalty, now), 1e-7);

        AugmentedLagrangian next = lagrangian.Next(Penalty, [first, second], Target, now);
        Assert.Equal(Slope(next, now), next.WeightAt(Penalty, now), 1e-7);
        Assert.Equal(first > Target.MiddleMs, next.WeightAt(Penalty, now) > lagrangian.WeightAt(Penalty, now));
    }

    [Fact]
    public void It_begins_with_the_weight_that_was_asked_for_and_no_more_where_the_student_is_on_target() =>
        Assert.Equal(0.01, AugmentedLagrangian.Begin(0.01, [10, 10], Target, expectedMs: 25).WeightAt(Penalty, 25), 12);

    /// <summary>A student of one parameter, the logarithm of its latency, that its task draws to be slower; what is derived from it is a
    /// third of its expected latency.</summary>
    [Theory, InlineData(3, 60), InlineData(0.2, 20)]
    public void A_student_comes_to_the_bands_middle_and_stays_there(double task, double beginsAt)
    {
        double logarithm = Math.Log(beginsAt);
        AugmentedLagrangian lagrangian = AugmentedLagrangian.Begin(0.001, Derived(), Target, Math.Exp(logarithm));
        for (int epoch = 0; epoch < 60; epoch++)
        {
            for (int step = 0; step < 20; step++)
            {
                double expected = Math.Exp(logarithm);
                logarithm += 0.02 * (task - (lagrangian.WeightAt(Penalty, expected) * expected));
            }
            lagrangian = lagrangian.Next(Penalty, Derived(), Target, Math.Exp(logarithm));
            if (epoch >= 50)
                Assert.Equal(Target.MiddleMs, Derived()[0], 0.05 * Target.MiddleMs);
        }
        // The multiplier is what the task pulls with.
        Assert.Equal(task, lagrangian.Multiplier, 0.05 * task);

        double[] Derived() => [Math.Exp(logarithm) / 3];
    }

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var written = new AugmentedLagrangian(-0.5, 0.25, 33);
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        written.Write(writer);
        bytes.Position = 0;
        using var reader = new BinaryReader(bytes);
        Assert.Equal(written, AugmentedLagrangian.Read(reader));
    }

    /// <summary>The derivative of lambda c + rho/2 c^2 by the expected latency, by a central difference.</summary>
    private static double Slope(AugmentedLagrangian of, double expectedMs)
    {
        const double Difference = 1e-4;
        return (Terms(expectedMs + Difference) - Terms(expectedMs - Difference)) / (2 * Difference);

        double Terms(double ms)
        {
            double c = of.Excess + Math.Log(ms / of.ExpectedMs);
            return (of.Multiplier * c) + (Penalty / 2 * c * c);
        }
    }
}
