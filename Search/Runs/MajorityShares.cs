namespace FasterSeg.Search.Runs;

/// <summary>How well the majority map does, which never looks at a picture: what a network must be better than.</summary>
/// <param name="MeanIou">Mean IoU, 0 to 1; null where there is no map.</param>
/// <param name="PixelAccuracy">0 to 1; null where there is no map.</param>
/// <param name="Iou">Of each class, in the classes' order; null where it was neither there nor predicted.</param>
public sealed record MajorityShares(double? MeanIou, double? PixelAccuracy, IReadOnlyList<double?> Iou);
