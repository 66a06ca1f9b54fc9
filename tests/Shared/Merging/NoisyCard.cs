using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Simulated;

/// <summary>A card whose latencies are known.</summary>
internal sealed record NoisyCard(CardNoise Noise)
{
    /// <summary>Its latencies over the reference's.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The kind that has another factor in addition; null where all are alike.</summary>
    public OperatorKind? OddKind { get; init; }

    /// <summary>That factor.</summary>
    public double OddFactor { get; init; } = 1;

    /// <summary>Standard deviation of the logarithms of factors that each operator has by itself.</summary>
    public double OwnScatter { get; init; }

    /// <summary>What an operator takes on the reference, ms.</summary>
    public static double ReferenceMs(OperatorSpec spec) => 0.02 + 1e-9 * OperatorWeightShapes.Multiplications(spec);

    /// <summary>What an operator takes on this card, ms.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="own">A standard normal number that is the operator's on this card.</param>
    public double TrueMs(OperatorSpec spec, double own) =>
        ReferenceMs(spec) * Factor * (spec.Kind == OddKind ? OddFactor : 1) * Math.Exp(OwnScatter * own);

    /// <summary>Measures operators.</summary>
    public Dictionary<OperatorSpec, LatencyEntry> Measure(IEnumerable<OperatorSpec> specs, ref StableRandom random)
    {
        var entries = new Dictionary<OperatorSpec, LatencyEntry>();
        foreach (OperatorSpec spec in specs)
        {
            double own = OwnScatter > 0 ? random.NextGaussian() : 0;
            entries[spec] = Noise.Measure(spec, TrueMs(spec, own), ref random);
        }
        return entries;
    }

    /// <summary>Compares it with a reference of the same noise as a fleet does: twelve operators, 24 where they leave doubt.</summary>
    /// <param name="plan">24 operators.</param>
    /// <param name="random">Draws all sessions.</param>
    /// <returns>The verdict, and after how many operators.</returns>
    public (CardVerdict Verdict, int Measured) Join(IReadOnlyList<OperatorSpec> plan, ref StableRandom random)
    {
        Dictionary<OperatorSpec, LatencyEntry> reference = new NoisyCard(Noise).Measure(plan, ref random);
        Dictionary<OperatorSpec, LatencyEntry> card = Measure(plan, ref random);
        foreach (int measured in new[] { CalibrationPlan.Few, plan.Count })
        {
            HashSet<OperatorSpec> known = [.. plan.Take(measured)];
            CardVerdict verdict = CardComparison.Judge(
                reference.Where(pair => known.Contains(pair.Key)).ToDictionary(),
                card.Where(pair => known.Contains(pair.Key)).ToDictionary(),
                measured
            );
            if (verdict.Answer != CardAnswer.NeedsMore)
                return (verdict, measured);
        }
        throw new InvalidOperationException("A card is neither merged nor refused.");
    }
}
