using MathNet.Numerics.Statistics;

namespace FasterSeg.Search.Comparing;

/// <summary>A number over several seeds.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Sample standard deviation (n - 1).</param>
/// <param name="Count">n, at least 2.</param>
public sealed record SeedSpread(double Mean, double StandardDeviation, int Count)
{
    /// <summary>The spread of some values, at least two.</summary>
    public static SeedSpread Of(double[] values)
    {
        (double mean, double deviation) = values.MeanStandardDeviation();
        return new SeedSpread(mean, deviation, values.Length);
    }

    /// <summary>The spread of some values; null where one of them is not known.</summary>
    public static SeedSpread? OfAll(IEnumerable<double?> values)
    {
        double?[] all = [.. values];
        return all.Contains(null) ? null : Of([.. all.Select(value => value!.Value)]);
    }
}
