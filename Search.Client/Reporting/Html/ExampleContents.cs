using FasterSeg.Search.Data;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>An image with what a run's networks answer on it.</summary>
/// <param name="Name">Of the image.</param>
/// <param name="Panels">Pictures of one size with their titles: the image, its label, each network's prediction.</param>
/// <param name="Classes">What the colours mean.</param>
public sealed record ExampleContents(
    string Name,
    IReadOnlyList<(string Title, RgbImage Picture)> Panels,
    IReadOnlyList<SegmentationClass> Classes
);
