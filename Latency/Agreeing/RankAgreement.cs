using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Agreeing;

/// <summary>How far two lists of latencies agree in their order.</summary>
/// <param name="Count">Length of either list.</param>
/// <param name="Spearman">Correlation of the ranks; null where one side does not vary.</param>
/// <param name="Kendall">Kendall's tau-b over all pairs; null likewise.</param>
public sealed record RankAgreement(int Count, double? Spearman, double? Kendall)
{
    /// <summary>Compares two lists of equal length.</summary>
    public static RankAgreement Of(IReadOnlyList<double> one, IReadOnlyList<double> other) =>
        new(one.Count, Agreement.Defined([.. one], [.. other], Correlation.Spearman), KendallTau.Of(one, other).Tau);
}
