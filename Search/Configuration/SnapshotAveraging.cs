namespace FasterSeg.Search.Configuration;

/// <summary>What is averaged over the snapshots of a supernet's training.</summary>
public enum SnapshotAveraging
{
    /// <summary>A network's scores: it is scored by each snapshot, so that scoring takes as many times as long.</summary>
    Scores,

    /// <summary>The weights, so that a network is scored once (stochastic weight averaging; Izmailov et al., 2018).</summary>
    Weights,
}
