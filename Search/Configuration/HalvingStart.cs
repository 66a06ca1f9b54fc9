namespace FasterSeg.Search.Configuration;

/// <summary>The weights that a finalist's training begins with.</summary>
public enum HalvingStart
{
    /// <summary>Drawn anew, as those of the training of the network that is deployed.</summary>
    Scratch,

    /// <summary>The network's slices of the search's shared weights.</summary>
    Shared,
}
