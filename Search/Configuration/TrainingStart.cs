namespace FasterSeg.Search.Configuration;

/// <summary>The weights that a training begins with.</summary>
public enum TrainingStart
{
    /// <summary>Drawn anew, as in the paper.</summary>
    Scratch,

    /// <summary>The network's slices of the search's shared weights.</summary>
    Shared,
}
