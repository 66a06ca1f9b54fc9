namespace FasterSeg.Search.Configuration;

/// <summary>How the latency's weight is steered.</summary>
public enum WeightRule
{
    /// <summary>Halved or doubled outside of the target band, as in the paper.</summary>
    Halving,

    /// <summary>By as much as the student is off the band's middle.</summary>
    Proportional,

    /// <summary>As a constraint on the logarithm of latency over the band's middle, by an augmented Lagrangian: at each step, and after
    /// each epoch by what the derived student missed.</summary>
    Lagrangian,
}
