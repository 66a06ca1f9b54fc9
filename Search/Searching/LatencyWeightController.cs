namespace FasterSeg.Search.Searching;

/// <summary>
/// Steers the latency's weight after each epoch. The paper's rule: halved where either branch pair of the derived student is
/// at the band's fast end or faster, else doubled where either is at its slow end or slower.
/// </summary>
public static class LatencyWeightController
{
    /// <summary>The weight of the next epoch.</summary>
    /// <param name="weight">The weight of the last one.</param>
    /// <param name="estimatesMs">The derived student's estimated latencies, one for each branch pair.</param>
    /// <param name="fastMs">The band's lower end.</param>
    /// <param name="slowMs">The band's upper end.</param>
    public static double Next(double weight, IReadOnlyList<double> estimatesMs, double fastMs, double slowMs) =>
        estimatesMs.Any(ms => ms <= fastMs) ? weight / 2
        : estimatesMs.Any(ms => ms >= slowMs) ? weight * 2
        : weight;

    /// <summary>
    /// A smoother rule: the paper's factor where the pairs' geometric mean is at an end of the band or beyond, 1 at its middle, and in
    /// between 2 to the power of the distance in the logarithm of the latency. So the weight settles instead of jumping between two values.
    /// </summary>
    /// <param name="weight">The weight of the last epoch.</param>
    /// <param name="estimatesMs">The derived student's estimated latencies, one for each branch pair.</param>
    /// <param name="fastMs">The band's lower end.</param>
    /// <param name="slowMs">The band's upper end.</param>
    public static double NextProportional(double weight, IReadOnlyList<double> estimatesMs, double fastMs, double slowMs)
    {
        double middle = (Math.Log(fastMs) + Math.Log(slowMs)) / 2,
            half = (Math.Log(slowMs) - Math.Log(fastMs)) / 2;
        return weight * Math.Pow(2, Math.Clamp((estimatesMs.Average(Math.Log) - middle) / half, -1, 1));
    }
}
