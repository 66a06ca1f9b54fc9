using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// conv, conv_2x, zoomed_conv and zoomed_conv_2x: one or two 3x3 convolutions, "zoomed" between a bilinear halving and (stride 1)
/// a bilinear return to size. A zoomed operator with stride 2 just stays small.
/// </summary>
public sealed class ConvolutionOperator : CellOperator
{
    private readonly SlimmableConv2d conv1;
    private readonly SlimmableBatchNorm2d bn1;
    private readonly SlimmableConv2d? conv2;
    private readonly SlimmableBatchNorm2d? bn2;
    private readonly IReadOnlyList<int> outChannels;
    private readonly int stride;
    private readonly bool zoomed;

    /// <summary>Makes the operator; see <see cref="CellOperator.Create"/>.</summary>
    public ConvolutionOperator(int inChannels, IReadOnlyList<int> outChannels, int stride, int convolutions, bool zoomed)
        : base(nameof(ConvolutionOperator))
    {
        (this.outChannels, this.stride, this.zoomed) = (outChannels, stride, zoomed);
        int widest = outChannels[^1];
        conv1 = new SlimmableConv2d(inChannels, widest, kernel: 3, zoomed ? 1 : stride);
        bn1 = new SlimmableBatchNorm2d(outChannels);
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        if (convolutions == 1)
            return;
        conv2 = new SlimmableConv2d(widest, widest, kernel: 3);
        bn2 = new SlimmableBatchNorm2d(outChannels);
        register_module("conv2", conv2);
        register_module("bn2", bn2);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(SlimmableConv2d Convolution, SlimmableBatchNorm2d Norm)> Convolutions =>
        conv2 is null ? [(conv1, bn1)] : [(conv1, bn1), (conv2, bn2!)];

    /// <inheritdoc/>
    public override Tensor[] Each(CellInput maps, int width)
    {
        (long height, long columns) = (maps.Joined.shape[2], maps.Joined.shape[3]);
        int channels = outChannels[width];
        Tensor x = zoomed ? maps.Resized(Half(height), Half(columns)) : maps.Joined;
        Tensor[] y = bn1.Each(conv1.forward(x, channels), width, maps.Count);
        if (conv2 is not null)
        {
            using Tensor middle = Join(y);
            y = bn2!.Each(conv2.forward(middle.relu_(), channels), width, maps.Count);
        }
        for (int map = 0; map < y.Length; map++)
        {
            if (zoomed && stride == 1)
            {
                using Tensor small = y[map];
                y[map] = Bilinear.Resize(small, height, columns);
            }
            y[map].relu_();
        }
        return y;
    }

    private static Tensor Join(Tensor[] maps)
    {
        if (maps.Length == 1)
            return maps[0];
        Tensor joined = cat(maps, 0);
        foreach (Tensor map in maps)
            map.Dispose();
        return joined;
    }

    // A map that is left small must have the size that stride 2 gives every other operator: an odd side rounded up.
    private long Half(long side) => stride == 2 ? (side + 1) / 2 : Math.Max(1, side / 2);
}
