using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>One sample of all widths.</summary>
/// <param name="Widths">For a pass through the supernet.</param>
/// <param name="OneHot">[maps of the scale, widths] for each scale: 1 at the sampled width, with gamma's straight-through gradient.</param>
public sealed record SampledWidths(MapWidths Widths, IReadOnlyList<Tensor> OneHot);
