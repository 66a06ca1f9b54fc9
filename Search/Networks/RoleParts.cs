using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>What teacher and student each own in the supernet: stem, refinement of the 16 and 32 maps, and the five heads.</summary>
internal sealed class RoleParts
{
    public RoleParts(SearchSpace space, Role role)
    {
        double stem = space.StemRatio(role);
        double head = space.HeadRatio(role);
        int c8 = space.Channels(8, head),
            c16 = space.Channels(16, head),
            c32 = space.Channels(32, head);
        Stem = Stem.Of(space, stem);
        // A refinement step: arm before the upsampling, 3x3 after the concatenation with the finer map.
        Refine16 = [new ConvNormRelu(c16, c8, 1), new ConvNormRelu(c8 + c8, c8, 3)];
        Refine32 =
        [
            new ConvNormRelu(c32, c16, 1),
            new ConvNormRelu(c16 + c16, c16, 3),
            new ConvNormRelu(c16, c8, 1),
            new ConvNormRelu(c8 + c8, c8, 3),
        ];
        Heads =
        [
            .. Enumerable.Range(0, 3).Select(_ => new HeadModule(c8, space.Classes)),
            .. Enumerable.Range(0, 2).Select(_ => new HeadModule(2 * c8, space.Classes)),
        ];
    }

    public Stem Stem { get; }

    public ConvNormRelu[] Refine16 { get; }

    public ConvNormRelu[] Refine32 { get; }

    /// <summary>Heads on 8s, 16s, 32s, 8s+32s, 16s+32s.</summary>
    public HeadModule[] Heads { get; }

    /// <summary>The five logits at 1/8 from the last layer's maps at 1/8, 1/16 and 1/32.</summary>
    public SupernetLogits Finish(Tensor map8, Tensor map16, Tensor map32)
    {
        Tensor out16 = Step(Refine16[0], Refine16[1], map16, map8);
        Tensor out32 = Step(Refine32[2], Refine32[3], Step(Refine32[0], Refine32[1], map32, map16), map8);
        return new SupernetLogits(
            Heads[0].forward(map8),
            Heads[1].forward(out16),
            Heads[2].forward(out32),
            Heads[3].forward(cat([map8, out32], 1)),
            Heads[4].forward(cat([out16, out32], 1))
        );
    }

    private static Tensor Step(ConvNormRelu arm, ConvNormRelu refine, Tensor coarse, Tensor fine)
    {
        using Tensor small = arm.forward(coarse),
            enlarged = Bilinear.Enlarge(small, 2),
            both = cat([enlarged, fine], 1);
        return refine.forward(both);
    }
}
