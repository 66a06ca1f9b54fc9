using FasterSeg.Latency.Estimating;

namespace FasterSeg.Search.Searching;

/// <summary>
/// Holds the student's latency to its target as a constraint instead of weighing it (Nocedal and Wright, Numerical Optimization, Section
/// 17.3): the steps add lambda c + rho/2 c^2 to the loss, with c the logarithm of latency over the band's middle, and after each epoch
/// lambda grows by rho c. The networks that would be derived say c after an epoch; within one it moves with the expected latency, which
/// is differentiable but lies elsewhere.
/// </summary>
/// <param name="Multiplier">lambda, of the loss; below 0 where the student is to become slower.</param>
/// <param name="Excess">c of the derived pairs (mean of their logarithms) when the epoch began.</param>
/// <param name="ExpectedMs">The expected latency when the epoch began, ms.</param>
public readonly record struct AugmentedLagrangian(double Multiplier, double Excess, double ExpectedMs)
{
    /// <summary>The first epoch pulls as hard as the paper's weight would, were the student on target.</summary>
    /// <param name="weight">Weight of the latency in ms that the first epoch would have.</param>
    /// <param name="estimatesMs">Estimated latencies of the student's derived pairs.</param>
    /// <param name="target">The band.</param>
    /// <param name="expectedMs">The student's expected latency.</param>
    public static AugmentedLagrangian Begin(double weight, IReadOnlyList<double> estimatesMs, LatencyTarget target, double expectedMs) =>
        new(weight * expectedMs, ExcessOf(estimatesMs, target), expectedMs);

    /// <summary>The next epoch's, after the last one moved the derived pairs.</summary>
    /// <param name="penalty">rho.</param>
    /// <param name="estimatesMs">Estimated latencies of the student's derived pairs.</param>
    /// <param name="target">The band.</param>
    /// <param name="expectedMs">The student's expected latency.</param>
    public AugmentedLagrangian Next(double penalty, IReadOnlyList<double> estimatesMs, LatencyTarget target, double expectedMs)
    {
        double excess = ExcessOf(estimatesMs, target);
        return new(Multiplier + (penalty * excess), excess, expectedMs);
    }

    /// <summary>The factor of a step's latency in ms that has the gradient of the two terms: (lambda + rho c) / latency.</summary>
    /// <param name="penalty">rho.</param>
    /// <param name="expectedMs">The student's expected latency at this step.</param>
    public double WeightAt(double penalty, double expectedMs) =>
        (Multiplier + (penalty * (Excess + Math.Log(expectedMs / ExpectedMs)))) / expectedMs;

    /// <summary>Writes the three numbers.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Multiplier);
        writer.Write(Excess);
        writer.Write(ExpectedMs);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static AugmentedLagrangian Read(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    private static double ExcessOf(IReadOnlyList<double> estimatesMs, LatencyTarget target) =>
        estimatesMs.Average(Math.Log) - Math.Log(target.MiddleMs);
}
