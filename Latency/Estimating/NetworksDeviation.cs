using System.Globalization;
using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Estimating;

/// <summary>How far whole networks have been from a table's plain sums: what the interval of an estimate without a correction has to
/// cover.</summary>
/// <param name="Bias">The median of (sum / measured - 1): above 0 where sums are too long.</param>
/// <param name="Scatter">Standard deviation of the single networks around it, as a share.</param>
public sealed record NetworksDeviation(double Bias, double Scatter)
{
    /// <summary>Of fewer networks nothing is said.</summary>
    public const int FewestNetworks = 3;

    private const double DeviationsOfMedian = 1.4826,
        Farthest = 3;

    /// <summary>That of a table; null where it does not say, as those of before do not.</summary>
    public static NetworksDeviation? Of(LatencyTable table) =>
        table.Environment.TryGetValue(LatencyTable.NetworksDeviationFact, out string? fact)
        && fact.Split(", ") is [var bias, var scatter]
        && Read(bias, "bias ") is { } off
        && Read(scatter, "scatter ") is >= 0 and var around
            ? new(off, around)
            : null;

    /// <summary>That of networks. An error that is more than three deviations from the median counts as three: that network was measured in
    /// a bad moment.</summary>
    /// <param name="errors">Of each network (sum / measured - 1).</param>
    /// <returns>Null where there are fewer than <see cref="FewestNetworks"/>.</returns>
    public static NetworksDeviation? Of(IReadOnlyCollection<double> errors)
    {
        if (errors.Count < FewestNetworks)
            return null;
        double bias = errors.Median();
        double[] apart = [.. errors.Select(error => Math.Abs(error - bias))];
        double most = Farthest * DeviationsOfMedian * apart.Median();
        double squares = apart.Select(each => Math.Min(each, most)).Sum(each => each * each);
        return new(bias, Math.Sqrt(squares / (errors.Count - 1)));
    }

    /// <summary>The fact of a table's environment, in percent, such as <c>bias -1.95 %, scatter 0.62 %</c>.</summary>
    public string Fact() => FormattableString.Invariant($"bias {100 * Bias:+0.000;-0.000} %, scatter {100 * Scatter:0.000} %");

    private static double? Read(string text, string name) =>
        text.StartsWith(name, StringComparison.Ordinal)
        && text.EndsWith(" %", StringComparison.Ordinal)
        && double.TryParse(text[name.Length..^2], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)
        && double.IsFinite(percent)
            ? percent / 100
            : null;
}
