namespace FasterSeg.Search.Configuration;

/// <summary>At which widths the latency is taken.</summary>
public enum LatencyWidths
{
    /// <summary>In expectation over all of them, which is exact.</summary>
    Expectation,

    /// <summary>At the sampled ones (straight-through), as in the paper.</summary>
    Sampled,
}
