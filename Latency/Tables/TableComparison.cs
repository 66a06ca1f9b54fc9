using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>Two tables, operator by operator: the same device at two times, or two devices.</summary>
/// <param name="Entries">The operators with a latency above 0 in both, by key.</param>
/// <param name="OnlyInOne">Operators that have one in one table only.</param>
/// <param name="IdentityDifference">The first field in which the identities differ; null where the tables are comparable number by
/// number.</param>
public sealed record TableComparison(IReadOnlyList<ComparedEntry> Entries, int OnlyInOne, string? IdentityDifference)
{
    /// <summary>Compares two tables.</summary>
    /// <exception cref="UserErrorException">They have no operator in common.</exception>
    public static TableComparison Of(LatencyTable first, LatencyTable second)
    {
        Dictionary<OperatorSpec, LatencyEntry> left = Usable(first),
            right = Usable(second);
        ComparedEntry[] both =
        [
            .. left.Where(pair => right.ContainsKey(pair.Key)).Select(pair => new ComparedEntry(pair.Key, pair.Value, right[pair.Key])),
        ];
        if (both.Length == 0)
            throw new UserErrorException(
                $"The two tables have no operator in common ({first.Space?.ToString() ?? "no space"} and "
                    + $"{second.Space?.ToString() ?? "no space"}): compare tables of one space."
            );
        return new(both, left.Count + right.Count - (2 * both.Length), first.Identity.DifferenceFrom(second.Identity));
    }

    /// <summary>The ratio that half of these operators are below: an operator's own, so the upper one of two in the middle.</summary>
    /// <param name="entries">Compared operators, at least one.</param>
    public static double MedianRatio(IReadOnlyCollection<ComparedEntry> entries) =>
        entries.Select(entry => entry.Ratio).Order().ElementAt(entries.Count / 2);

    /// <summary>A quantile of |ratio - 1|, e.g. 0.95.</summary>
    public double Deviation(double quantile)
    {
        double[] sorted = [.. Entries.Select(entry => Math.Abs(entry.Ratio - 1)).Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
    }

    /// <summary>The share of operators whose ratio is within a share of 1.</summary>
    public double Within(double share) => Entries.Average(entry => Math.Abs(entry.Ratio - 1) <= share ? 1.0 : 0);

    private static Dictionary<OperatorSpec, LatencyEntry> Usable(LatencyTable table) =>
        table.Entries.Where(entry => entry.Failure is null && entry.MedianMs > 0).ToDictionary(entry => entry.Spec);
}
