namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>What a device takes in quiet; null where nobody knows.</summary>
/// <param name="SentinelMs">The sentinel's latency, ms.</param>
/// <param name="MemoryMs">The piece of memory's time, ms.</param>
/// <param name="ArithmeticMs">The piece of arithmetic's time, ms.</param>
/// <param name="SlowMemoryMs">What a slow one of the readings of memory takes in quiet, ms: where neighbours of a virtual machine come and
/// go, readings scatter more than a load of its own moves their median.</param>
/// <param name="SlowArithmeticMs">The same of arithmetic.</param>
public sealed record PaceReference(
    double? SentinelMs = null,
    double? MemoryMs = null,
    double? ArithmeticMs = null,
    double? SlowMemoryMs = null,
    double? SlowArithmeticMs = null
)
{
    // A slow reading: one in ten is slower.
    private const double Slow = 0.9;

    /// <summary>Memory that is slower than the reference by more than this share is shared with somebody.</summary>
    public const double MemoryTolerance = 0.15;

    /// <summary>Arithmetic that is slower by more than this share is done on a contended core, as <see cref="PaceWatch"/> has it.</summary>
    public const double ArithmeticTolerance = PaceWatch.Tolerance;

    /// <summary>Others who use more than this share of the processors are load, where nobody knows what the device takes in quiet, or where
    /// it takes more.</summary>
    public const double MostBusy = 0.25;

    /// <summary>Nothing is known.</summary>
    public static PaceReference Unknown { get; } = new();

    /// <summary>The usual values of some readings: their medians, which a disturbance of less than half of them leaves alone.</summary>
    public static PaceReference Of(IReadOnlyCollection<SentinelReading> readings) =>
        new(
            Median(readings.Select(reading => (double?)reading.MedianMs)),
            Median(readings.Select(reading => reading.Host.MemoryMs)),
            Median(readings.Select(reading => reading.Host.ArithmeticMs)),
            Quantile(readings.Select(reading => reading.Host.MemoryMs)),
            Quantile(readings.Select(reading => reading.Host.ArithmeticMs))
        );

    /// <summary>What is known here, and the other one's values where nothing is.</summary>
    public PaceReference Or(PaceReference other) =>
        new(
            SentinelMs ?? other.SentinelMs,
            MemoryMs ?? other.MemoryMs,
            ArithmeticMs ?? other.ArithmeticMs,
            SlowMemoryMs ?? other.SlowMemoryMs,
            SlowArithmeticMs ?? other.SlowArithmeticMs
        );

    /// <summary>By how much a pace exceeds this reference, in words for a sentence; null where it does not.</summary>
    /// <param name="pace">The pace.</param>
    /// <param name="tolerance">The sentinel's, a share.</param>
    public string? Excess(PaceReference pace, double tolerance)
    {
        string[] slower =
        [
            .. new[]
            {
                Slower("the sentinel", pace.SentinelMs, SentinelMs, tolerance),
                Slower("reading memory", pace.MemoryMs, MemoryMs, MemoryTolerance),
                Slower("arithmetic", pace.ArithmeticMs, ArithmeticMs, ArithmeticTolerance),
            }.OfType<string>(),
        ];
        return slower.Length == 0 ? null : string.Join(", ", slower);
    }

    /// <summary>Whether the machine beside the sentinel is slower than in quiet. Where the processors tell of nobody, it must be slower
    /// than quiet readings scatter.</summary>
    public bool IsHostOff(HostPace host) =>
        Slower("", host.MemoryMs, MemoryMs, MemoryTolerance) is not null && (host.Busy > MostBusy || !(host.MemoryMs <= SlowMemoryMs))
        || Slower("", host.ArithmeticMs, ArithmeticMs, ArithmeticTolerance) is not null
            && (host.Busy > MostBusy || !(host.ArithmeticMs <= SlowArithmeticMs));

    private static string? Slower(string what, double? now, double? usual, double tolerance) =>
        now > usual * (1 + tolerance) ? FormattableString.Invariant($"{what} took {now / usual:0.00} times what it takes in quiet") : null;

    private static double? Median(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        return known.Length == 0 ? null : MathNet.Numerics.Statistics.ArrayStatistics.MedianInplace(known);
    }

    private static double? Quantile(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        return known.Length == 0 ? null : MathNet.Numerics.Statistics.ArrayStatistics.QuantileInplace(known, Slow);
    }
}
