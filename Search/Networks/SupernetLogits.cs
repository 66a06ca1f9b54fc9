using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>The logits of the five heads, each [N, classes, H/8, W/8].</summary>
/// <param name="S8">On the 1/8 map alone.</param>
/// <param name="S16">On the refined 1/16 map.</param>
/// <param name="S32">On the refined 1/32 map.</param>
/// <param name="S8And32">On both: a network with branches that end at 8 and 32.</param>
/// <param name="S16And32">On both: a network with branches that end at 16 and 32.</param>
public sealed record SupernetLogits(Tensor S8, Tensor S16, Tensor S32, Tensor S8And32, Tensor S16And32)
{
    /// <summary>All five in the order 8s, 16s, 32s, 8s+32s, 16s+32s.</summary>
    public IReadOnlyList<Tensor> All => [S8, S16, S32, S8And32, S16And32];

    /// <summary>The same at the image's size.</summary>
    public SupernetLogits Enlarged() =>
        new(
            Bilinear.Enlarge(S8, 8),
            Bilinear.Enlarge(S16, 8),
            Bilinear.Enlarge(S32, 8),
            Bilinear.Enlarge(S8And32, 8),
            Bilinear.Enlarge(S16And32, 8)
        );
}
