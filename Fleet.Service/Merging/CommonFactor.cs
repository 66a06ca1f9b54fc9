namespace FasterSeg.Fleet.Service.Merging;

/// <summary>What several operators' ratios have in common, though a few be quite off: Huber's mean of their logarithms, each weighted by
/// its own error.</summary>
/// <param name="Log">Natural logarithm of the factor.</param>
/// <param name="Error">Its standard error.</param>
internal readonly record struct CommonFactor(double Log, double Error)
{
    /// <summary>Beyond so many of its errors a ratio pulls no harder.</summary>
    private const double Bend = 2;

    private const int Steps = 30;

    /// <summary>The factor of at least one operator.</summary>
    public static CommonFactor Of(IReadOnlyCollection<ComparedOperator> compared)
    {
        double log = Median(compared),
            weights = 0;
        for (int step = 0; step < Steps; step++)
        {
            double sum = 0;
            weights = 0;
            foreach (ComparedOperator each in compared)
            {
                double weight = each.Weight * Math.Min(1, Bend * each.Error / Math.Max(1e-12, Math.Abs(each.LogRatio - log)));
                sum += weight * each.LogRatio;
                weights += weight;
            }
            double next = sum / weights;
            bool still = Math.Abs(next - log) < 1e-7;
            log = next;
            if (still)
                break;
        }
        return new(log, Math.Sqrt(1 / weights));
    }

    /// <summary>Half of the weight lies on either side of it: the middle of two ratios where that is so between them.</summary>
    private static double Median(IReadOnlyCollection<ComparedOperator> compared)
    {
        double half = compared.Sum(each => each.Weight) / 2,
            passed = 0;
        ComparedOperator[] sorted = [.. compared.OrderBy(each => each.LogRatio)];
        int middle = 0;
        while (middle < sorted.Length - 1 && (passed += sorted[middle].Weight) < half * (1 - 1e-9))
            middle++;
        bool isBetween = middle < sorted.Length - 1 && passed < half * (1 + 1e-9);
        return isBetween ? (sorted[middle].LogRatio + sorted[middle + 1].LogRatio) / 2 : sorted[middle].LogRatio;
    }
}
