namespace FasterSeg.Search.Configuration;

/// <summary>How the latency's weight is steered after each epoch.</summary>
public enum WeightRule
{
    /// <summary>Halved or doubled outside of the target band, as in the paper.</summary>
    Halving,

    /// <summary>By as much as the student is off the band's middle.</summary>
    Proportional,
}
