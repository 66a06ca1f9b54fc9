using FasterSeg.Latency.Estimating;

namespace FasterSeg.Search.Comparing;

/// <summary>Tells in one way, for all texts and pages, where a latency lies in a band.</summary>
public static class BandPlaces
{
    /// <summary>Where a latency lies.</summary>
    /// <param name="band">The band.</param>
    /// <param name="milliseconds">The latency, ms.</param>
    public static BandPlace PlaceOf(this LatencyTarget band, double milliseconds) =>
        band.Contains(milliseconds) ? BandPlace.In
        : milliseconds < band.LowMs ? BandPlace.Fast
        : BandPlace.Slow;
}
