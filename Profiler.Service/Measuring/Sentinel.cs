namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// One operator that is measured again and again through a run: whatever changes its latency is the device, not the
/// operator. Keeps each reading with its position, so that a drift can be traced to the operators it touched.
/// </summary>
/// <param name="relativeHalfWidth">How sure a reading is: the 95 % half-width of its median, as a share.</param>
/// <param name="interval">Operators between two readings.</param>
public sealed class Sentinel(double relativeHalfWidth, int interval = Sentinel.DefaultInterval)
{
    /// <summary>Default number of operators between two readings: some seconds of measuring.</summary>
    public const int DefaultInterval = 25;

    private const double LeastTolerance = 0.03;

    private readonly List<SentinelReading> readings = [];

    /// <summary>A reading that is off the reference by more than this share tells of a drift: 3 %, or twice what a reading is unsure
    /// of.</summary>
    public double Tolerance { get; } = Math.Max(LeastTolerance, 2 * relativeHalfWidth);

    /// <summary>The readings so far, by ascending position.</summary>
    public IReadOnlyList<SentinelReading> Readings => readings;

    /// <summary>By which share the slowest reading exceeds the fastest; 0 before there are two.</summary>
    public static double DriftOf(IEnumerable<SentinelReading> readings)
    {
        double[] medians = [.. readings.Select(reading => reading.MedianMs)];
        return medians.Length < 2 ? 0 : (medians.Max() / medians.Min()) - 1;
    }

    /// <summary>Whether a reading is due before the operator at this position, of so many.</summary>
    public bool IsDue(int position, int total) => position % interval == 0 || position == total;

    /// <summary>Keeps a reading, behind those of its own and of earlier positions.</summary>
    public void Add(SentinelReading reading) => readings.Insert(readings.FindLastIndex(at => at.Position <= reading.Position) + 1, reading);

    /// <summary>Whether a reading tells of a drift, or of a machine that is slower than in quiet.</summary>
    public bool IsOff(SentinelReading reading, PaceReference reference) =>
        (reference.SentinelMs is { } usual && IsOff(reading.MedianMs, usual)) || reference.IsHostOff(reading.Host);

    /// <summary>Whether a latency tells of a drift.</summary>
    public bool IsOff(double medianMs, double referenceMs) => Math.Abs(medianMs - referenceMs) > Tolerance * referenceMs;

    /// <summary>The positions of the operators that were measured next to a reading that is off the reference.</summary>
    public IReadOnlyList<int> Touched(PaceReference reference) =>
        [
            .. readings
                .Zip(readings.Skip(1))
                .Where(pair => IsOff(pair.First, reference) || IsOff(pair.Second, reference))
                .SelectMany(pair => Enumerable.Range(pair.First.Position, pair.Second.Position - pair.First.Position)),
        ];
}
