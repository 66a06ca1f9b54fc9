namespace FasterSeg.Search.Configuration;

/// <summary>What the student pays for its latency.</summary>
public enum LatencyTerms
{
    /// <summary>A term for each kind of parameter, as in the paper.</summary>
    Decoupled,

    /// <summary>One penalty for all kinds of parameter, to compare with.</summary>
    Joint,
}
