namespace FasterSeg.Search.Comparing;

/// <summary>By what the accuracy of compared networks is judged.</summary>
public enum QualityBasis
{
    /// <summary>Nothing is known.</summary>
    None,

    /// <summary>The supernet's mIoU on each network's pair of branches: what the search believed.</summary>
    Supernet,

    /// <summary>The trained network's mIoU on the validation images.</summary>
    Trained,
}
