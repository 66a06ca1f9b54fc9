namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// One operator that is measured again and again through a run: whatever changes its latency is the device, not the
/// operator. Keeps each reading with its position, so that a drift can be traced to the operators it touched.
/// </summary>
/// <param name="interval">Operators between two readings.</param>
public sealed class Sentinel(int interval = Sentinel.DefaultInterval)
{
    /// <summary>Default number of operators between two readings.</summary>
    public const int DefaultInterval = 50;

    /// <summary>A drift beyond this share is worth a warning.</summary>
    public const double TolerableDrift = 0.03;

    private readonly List<SentinelReading> readings = [];

    /// <summary>The readings so far, by ascending position.</summary>
    public IReadOnlyList<SentinelReading> Readings => readings;

    /// <summary>By which share the slowest reading exceeds the fastest; 0 before there are two.</summary>
    public double Drift => readings.Count < 2 ? 0 : (readings.Max(r => r.MedianMs) / readings.Min(r => r.MedianMs)) - 1;

    /// <summary>Whether a reading is due before the operator at this position, of so many.</summary>
    public bool IsDue(int position, int total) => position % interval == 0 || position == total;

    /// <summary>Keeps a reading.</summary>
    public void Add(int position, double medianMs) => readings.Add(new(position, medianMs));
}
