namespace FasterSeg.Search.Data;

/// <summary>A picture with its label, both of one size.</summary>
/// <param name="Name">File name, or what a synthetic scene is called.</param>
/// <param name="Image">The picture.</param>
/// <param name="Label">Its classes.</param>
public sealed record Sample(string Name, RgbImage Image, LabelMap Label);
