using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>The width of one feature map in one pass through the supernet.</summary>
/// <param name="Index">Its place in the list of width ratios.</param>
/// <param name="Score">
/// Scalar 1 that carries gamma's straight-through gradient, where the width was sampled; null where it was set.
/// </param>
public readonly record struct MapWidth(int Index, Tensor? Score = null);
