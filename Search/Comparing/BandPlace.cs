namespace FasterSeg.Search.Comparing;

/// <summary>Where a student's latency lies.</summary>
public enum BandPlace
{
    /// <summary>Within its run's target band.</summary>
    In,

    /// <summary>Shorter than the band asks for.</summary>
    Fast,

    /// <summary>Longer than the band allows.</summary>
    Slow,
}
