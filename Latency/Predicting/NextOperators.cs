using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Predicting;

/// <summary>
/// Chooses which operators to measure next: each time the one whose measurement takes most uncertainty from all the operators that were not
/// measured, itself among them (Cohn 1996; for Gaussian processes Seo et al. 2000). How much that is does not depend on what the
/// measurement says.
/// </summary>
internal static class NextOperators
{
    /// <summary>So many of the candidates, in the order of choice.</summary>
    /// <param name="kernel">How alike operators are.</param>
    /// <param name="measured">Operators whose latencies are known.</param>
    /// <param name="candidates">Operators that were not measured.</param>
    /// <param name="count">How many; all where there are no more.</param>
    /// <param name="known">Another device's table that the predictions begin with; null where there is none.</param>
    public static IReadOnlyList<OperatorSpec> Choose(
        LatencyKernel kernel,
        IEnumerable<OperatorSpec> measured,
        IReadOnlyList<OperatorSpec> candidates,
        int count,
        KnownTable? known = null
    )
    {
        OperatorFeatures[] features = [.. candidates.Concat(measured).Select(spec => OperatorFeatures.Of(spec, known))];
        double[][] covariance = Covariance(kernel, features);
        for (int i = candidates.Count; i < features.Length; i++)
            Measure(covariance, i, kernel.Noise);
        var chosen = new List<int>();
        var open = Enumerable.Range(0, candidates.Count).ToList();
        while (chosen.Count < count && open.Count > 0)
        {
            int next = open.MaxBy(i => Removed(covariance[i], open, covariance[i][i] + kernel.Noise));
            Measure(covariance, next, kernel.Noise);
            chosen.Add(next);
            open.Remove(next);
        }
        return [.. chosen.Select(i => candidates[i])];
    }

    private static double[][] Covariance(LatencyKernel kernel, OperatorFeatures[] features)
    {
        if (features.Length == 0)
            return [];
        var means = FeatureMeans.Of(features);
        var covariance = new double[features.Length][];
        for (int i = 0; i < features.Length; i++)
        {
            covariance[i] = new double[features.Length];
            for (int j = 0; j <= i; j++)
                covariance[i][j] = covariance[j][i] = kernel.Covariance(features[i], features[j], means);
        }
        return covariance;
    }

    /// <summary>What a measurement takes from the sum of the variances of those that are open.</summary>
    private static double Removed(double[] row, List<int> open, double variance)
    {
        double sum = 0;
        foreach (int j in open)
            sum += row[j] * row[j];
        return sum / variance;
    }

    /// <summary>The covariance once an operator is measured.</summary>
    private static void Measure(double[][] covariance, int measured, double noise)
    {
        double[] with = [.. covariance[measured]];
        double variance = with[measured] + noise;
        foreach (double[] row in covariance)
        {
            double share = row[measured] / variance;
            for (int j = 0; j < row.Length; j++)
                row[j] -= share * with[j];
        }
    }
}
