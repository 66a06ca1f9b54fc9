namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Whether a device was in quiet while something was measured, told from the sentinel's readings in between.</summary>
/// <param name="Reference">What a single reading is held against: what the device takes in quiet where enough readings agree with that,
/// else the readings' own median.</param>
/// <param name="Reason">Why the whole is not to be trusted, as the end of a sentence; null where it is.</param>
public sealed record LoadVerdict(PaceReference Reference, string? Reason)
{
    /// <summary>So large a share of the readings in quiet is enough to tell the others from them.</summary>
    public const double QuietShare = 0.25;

    /// <summary>Judges.</summary>
    /// <param name="readings">The readings.</param>
    /// <param name="known">What the device takes in quiet, from earlier jobs.</param>
    /// <param name="sentinel">Holds a reading against a reference.</param>
    public static LoadVerdict Of(IReadOnlyCollection<SentinelReading> readings, PaceReference known, Sentinel sentinel)
    {
        var own = PaceReference.Of(readings);
        // The machine beside the sentinel is held against a known quiet only: where it is never quiet, its own median means nothing, and
        // every session would be measured again for it.
        var usual = new PaceReference(own.SentinelMs);
        PaceReference whole = known.Or(usual);
        if (readings.Count > 0 && readings.Count(reading => !sentinel.IsOff(reading, whole)) >= QuietShare * readings.Count)
            return new(whole, Stranger(readings, known));
        return new(usual, known.Excess(own, sentinel.Tolerance) ?? Stranger(readings, known));
    }

    /// <summary>What speaks for load on a machine whose quiet nobody has seen.</summary>
    private static string? Stranger(IReadOnlyCollection<SentinelReading> readings, PaceReference known)
    {
        double[] busy = [.. readings.Select(reading => reading.Host.Busy).OfType<double>()];
        return known.MemoryMs is null && busy.Length > 0 && busy.Average() is > PaceReference.MostBusy and var share
            ? FormattableString.Invariant(
                $"others used {100 * share:0} % of the processors, and what this device takes in quiet is not known yet"
            )
            : null;
    }
}
