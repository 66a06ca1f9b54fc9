using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// A cell of the supernet (paper, Figure 3): two mixed operators on the same input, one that keeps the scale and, unless it
/// is the last scale or layer, one that halves the resolution.
/// </summary>
public sealed class Cell : nn.Module
{
    private readonly MixedOperator keep;
    private readonly MixedOperator? down;

    /// <summary>Makes the cell of a scale (8, 16 or 32).</summary>
    public Cell(SearchSpace space, int scale, bool goesDown)
        : base(nameof(Cell))
    {
        int widest = space.Channels(scale, space.FullRatio);
        keep = new MixedOperator(widest, Widths(space, scale), stride: 1);
        register_module("_op", keep);
        if (!goesDown)
            return;
        down = new MixedOperator(widest, Widths(space, scale * 2), stride: 2);
        register_module("downsample", down);
    }

    /// <summary>Applies both mixed operators; the second result is null where the cell does not go down.</summary>
    /// <param name="maps">One map or two; each goes through the cell by itself.</param>
    /// <param name="alpha">[5], softmaxed.</param>
    /// <param name="beta">[2], softmaxed: how two maps' results are added; null for one.</param>
    /// <param name="input">Width of the input maps.</param>
    /// <param name="keepWidth">Width of the first result.</param>
    /// <param name="downWidth">Width of the second one.</param>
    public (Tensor Keep, Tensor? Down) forward(
        CellInput maps,
        Tensor alpha,
        Tensor? beta,
        MapWidth input,
        MapWidth keepWidth,
        MapWidth downWidth
    ) => (keep.forward(maps, alpha, beta, input, keepWidth), down?.forward(maps, alpha, beta, input, downWidth));

    private static int[] Widths(SearchSpace space, int scale) => [.. space.WidthRatios.Select(ratio => space.Channels(scale, ratio))];
}
