using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>What a derived network gives in training, each [N, classes, H/8, W/8].</summary>
/// <param name="Main">The network's logits.</param>
/// <param name="At16">The auxiliary head's on the maps at 1/16, enlarged to 1/8.</param>
/// <param name="At32">The auxiliary head's on the map at 1/32, enlarged to 1/8.</param>
public readonly record struct TrainingLogits(Tensor Main, Tensor At16, Tensor At32);
