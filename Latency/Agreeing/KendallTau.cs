namespace FasterSeg.Latency.Agreeing;

/// <summary>Kendall's rank correlation: of all pairs, how many more are ordered alike than the other way round (Kendall, 1945).</summary>
public static class KendallTau
{
    /// <summary>tau-b, which corrects for ties; in [-1, 1].</summary>
    /// <param name="estimated">One value for each network.</param>
    /// <param name="measured">The other.</param>
    /// <param name="within">Count only pairs whose measured values, both positive, differ by at most this share of the smaller one, e.g.
    /// 0.2; null counts all.</param>
    /// <returns>tau-b, null where no pair can be ordered by both; and the pairs that were looked at.</returns>
    public static (double? Tau, int Pairs) Of(IReadOnlyList<double> estimated, IReadOnlyList<double> measured, double? within = null)
    {
        long difference = 0,
            untiedByEstimate = 0,
            untiedByMeasurement = 0;
        int pairs = 0;
        for (int i = 0; i < measured.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (within is double share && Math.Max(measured[i], measured[j]) > (1 + share) * Math.Min(measured[i], measured[j]))
                    continue;
                pairs++;
                int one = estimated[i].CompareTo(estimated[j]),
                    other = measured[i].CompareTo(measured[j]);
                difference += Math.Sign(one) * Math.Sign(other);
                if (one != 0)
                    untiedByEstimate++;
                if (other != 0)
                    untiedByMeasurement++;
            }
        }
        return (
            untiedByEstimate > 0 && untiedByMeasurement > 0
                // Rounding may carry a perfect one past 1.
                ? Math.Clamp(difference / (Math.Sqrt(untiedByEstimate) * Math.Sqrt(untiedByMeasurement)), -1, 1)
                : null,
            pairs
        );
    }
}
