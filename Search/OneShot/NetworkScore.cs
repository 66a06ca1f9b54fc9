namespace FasterSeg.Search.OneShot;

/// <summary>How good a network is with shared weights.</summary>
/// <param name="Loss">Mean cross-entropy of the held-out pixels: the smaller, the better.</param>
/// <param name="MeanIou">Of the same pixels, in [0, 1].</param>
public readonly record struct NetworkScore(double Loss, double MeanIou);
