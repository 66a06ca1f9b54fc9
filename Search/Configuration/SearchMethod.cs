namespace FasterSeg.Search.Configuration;

/// <summary>How networks are found.</summary>
public enum SearchMethod
{
    /// <summary>The paper's: alpha, beta and gamma are learnt with the weights of a mixture, and latency is a part of the loss.</summary>
    Differentiable,

    /// <summary>Shared weights are trained one network at a time; evolution looks for the best score inside the band.</summary>
    Oneshot,

    /// <summary>Random networks of the band, and successive halving between them.</summary>
    Random,
}
