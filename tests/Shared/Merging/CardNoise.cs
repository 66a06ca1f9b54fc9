using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Simulated;

/// <summary>How sessions of one operator on one card differ.</summary>
/// <param name="Name">For people.</param>
/// <param name="Scatter">Standard deviation of a session's median, as a share.</param>
/// <param name="SlowShare">How many sessions are slow as a whole, by 3 to 70 % (docs/decisions/0007).</param>
/// <param name="RestlessScatter">The standard deviation of <see cref="RestlessKinds"/>, as a share.</param>
internal sealed record CardNoise(string Name, double Scatter, double SlowShare, double RestlessScatter)
{
    /// <summary>Kinds whose short runs a GPU's host may disturb.</summary>
    private static readonly OperatorKind[] RestlessKinds = [OperatorKind.Arm, OperatorKind.Fusion, OperatorKind.Upsample];

    private const double HalfWidth = MeasurementSettings.DefaultRelativeHalfWidth;

    /// <summary>An operator's entry has a 95 % error of 0.39 %.</summary>
    public static CardNoise Quiet { get; } = new("quiet", 0.003, 0, 0.003);

    /// <summary>The same, and one session of ten is slow.</summary>
    public static CardNoise SlowSessions { get; } = new("one session in ten slow", 0.003, 0.1, 0.003);

    /// <summary>Sessions as they scatter on a shared machine: intervals are as wide as those of
    /// luts/intel-xeon-cpu-1thread-256x512.json.</summary>
    public static CardNoise Noisy { get; } = new("noisy", 0.01, 0.1, 0.01);

    /// <summary>Three kinds of short operators scatter by 5 %.</summary>
    public static CardNoise Restless { get; } = new("three restless kinds", 0.003, 0, 0.05);

    /// <summary>An entry as the profiler makes it: sessions until they agree, by its own rules.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="trueMs">What it takes on the card.</param>
    /// <param name="random">Draws the sessions.</param>
    public LatencyEntry Measure(OperatorSpec spec, double trueMs, ref StableRandom random)
    {
        var settings = new MeasurementSettings();
        double scatter = RestlessKinds.Contains(spec.Kind) ? RestlessScatter : Scatter;
        var medians = new List<double>();
        MedianInterval interval;
        do
        {
            double slow = random.NextBool(SlowShare) ? 0.03 * Math.Exp(random.NextDouble() * Math.Log(0.7 / 0.03)) : 0;
            medians.Add(trueMs * Math.Exp(scatter * random.NextGaussian()) * (1 + slow));
            if (medians.Count < settings.Sessions)
                continue;
            interval = SessionPool.Interval(medians, HalfWidth);
            if (interval.HalfWidth <= settings.Agreement * interval.Median || medians.Count == settings.MostSessions)
                return Entry(spec, interval, medians.Count, interval.HalfWidth > settings.Agreement * interval.Median);
        } while (true);
    }

    private static LatencyEntry Entry(OperatorSpec spec, MedianInterval interval, int sessions, bool noisy)
    {
        double median = interval.Median;
        var spread = new LatencySpread(median, 0, interval.Low, interval.High, median, median, median, median, 300, Sessions: sessions);
        return new(spec, EntryOrigin.Measured, median, spread, noisy);
    }
}
