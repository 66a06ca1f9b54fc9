namespace FasterSeg.Search.Client.Searching;

/// <summary>
/// Steers the latency's weight after each epoch, as the paper does: halved where either branch pair of the derived student is
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
}
