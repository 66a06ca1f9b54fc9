using FasterSeg.Latency.Networks;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>An example of what a trained network answers.</summary>
/// <param name="Role">Of the network.</param>
/// <param name="Name">Of the image.</param>
/// <param name="Picture">Image, label and prediction.</param>
public sealed record ExampleContents(Role Role, string Name, RgbImage Picture);
