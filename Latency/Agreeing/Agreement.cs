using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Agreeing;

/// <summary>How well one set of latencies predicts another. Errors are relative to the measured latency; each figure has its 95 %
/// interval.</summary>
/// <param name="Networks">How many networks it comes from.</param>
/// <param name="Pearson">Linear correlation; null where one side does not vary.</param>
/// <param name="Spearman">Correlation of the ranks.</param>
/// <param name="Kendall">Kendall's tau-b over all pairs.</param>
/// <param name="KendallNear">Over the pairs within 20 % of each other's latency: what a search has to tell apart. Null where there is
/// none.</param>
/// <param name="NearPairs">How many such pairs there are.</param>
/// <param name="Bias">Mean of (estimate - measured) / measured.</param>
/// <param name="Mape">Mean absolute percentage error, as a share: mean of |estimate - measured| / measured.</param>
/// <param name="Within2">Share of networks within +-2 %.</param>
/// <param name="Within5">Share within +-5 %.</param>
/// <param name="Within10">Share within +-10 %.</param>
public sealed record Agreement(
    int Networks,
    Figure? Pearson,
    Figure? Spearman,
    Figure? Kendall,
    Figure? KendallNear,
    int NearPairs,
    Figure Bias,
    Figure Mape,
    Figure Within2,
    Figure Within5,
    Figure Within10
)
{
    /// <summary>Two networks are near where the slower one takes at most this much longer.</summary>
    public const double Near = 0.2;

    /// <summary>Compares latencies.</summary>
    /// <param name="estimated">Predicted, ms.</param>
    /// <param name="measured">Measured of the same networks, ms, above 0.</param>
    /// <exception cref="ArgumentException">There are none, or not equally many.</exception>
    public static Agreement Of(IReadOnlyList<double> estimated, IReadOnlyList<double> measured)
    {
        if (measured.Count == 0 || measured.Count != estimated.Count)
            throw new ArgumentException($"{estimated.Count} estimates cannot be compared with {measured.Count} measurements.");
        double[] errors = [.. estimated.Zip(measured, Error)];
        return new(
            measured.Count,
            Bootstrap.Of(estimated, measured, (one, other) => Defined(one, other, Correlation.Pearson)),
            Bootstrap.Of(estimated, measured, (one, other) => Defined(one, other, Correlation.Spearman)),
            Bootstrap.Of(estimated, measured, (one, other) => KendallTau.Of(one, other).Tau),
            Bootstrap.Of(estimated, measured, (one, other) => KendallTau.Of(one, other, Near).Tau),
            KendallTau.Of(estimated, measured, Near).Pairs,
            Bootstrap.Of(estimated, measured, (one, other) => one.Zip(other, Error).Average())!,
            Bootstrap.Of(estimated, measured, (one, other) => one.Zip(other, Error).Average(Math.Abs))!,
            Within(errors, 0.02),
            Within(errors, 0.05),
            Within(errors, 0.10)
        );
    }

    /// <summary>(estimate - measured) / measured.</summary>
    public static double Error(double estimate, double measured) => (estimate - measured) / measured;

    private static Figure Within(double[] errors, double limit) =>
        Bootstrap.Share(errors.Count(error => Math.Abs(error) <= limit), errors.Length);

    /// <summary>A correlation; null where one side does not vary. Rounding may carry a perfect one past 1.</summary>
    internal static double? Defined(double[] one, double[] other, Func<IEnumerable<double>, IEnumerable<double>, double> correlation)
    {
        if (one.Distinct().Take(2).Count() < 2 || other.Distinct().Take(2).Count() < 2)
            return null;
        double value = correlation(one, other);
        return double.IsFinite(value) ? Math.Clamp(value, -1, 1) : null;
    }
}
