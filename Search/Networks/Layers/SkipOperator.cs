using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// skip: with stride 1 a 1x1 convolution (in the supernet; a derived network has none), with stride 2 the factorized
/// reduction: two 1x1 convolutions with stride 2, the second one shifted by a pixel, each giving half the channels.
/// </summary>
public sealed class SkipOperator : CellOperator
{
    private readonly SlimmableConv2d conv1;
    private readonly SlimmableConv2d? conv2;
    private readonly SlimmableBatchNorm2d bn;
    private readonly IReadOnlyList<int> outChannels;

    /// <summary>Makes the operator; see <see cref="CellOperator.Create"/>.</summary>
    public SkipOperator(int inChannels, IReadOnlyList<int> outChannels, int stride)
        : base(nameof(SkipOperator))
    {
        this.outChannels = outChannels;
        int widest = outChannels[^1];
        conv1 = new SlimmableConv2d(inChannels, stride == 1 ? widest : widest / 2, kernel: 1, stride);
        register_module("conv1", conv1);
        if (stride == 2)
        {
            conv2 = new SlimmableConv2d(inChannels, widest - (widest / 2), kernel: 1, stride);
            register_module("conv2", conv2);
        }
        bn = new SlimmableBatchNorm2d(outChannels);
        register_module("bn", bn);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(SlimmableConv2d Convolution, SlimmableBatchNorm2d Norm)> Convolutions =>
        conv2 is null ? [(conv1, bn)] : [(conv1, bn), (conv2, bn)];

    /// <inheritdoc/>
    public override Tensor[] Each(CellInput maps, int width) =>
        [.. bn.Each(Convolved(maps.Joined, outChannels[width]), width, maps.Count).Select(map => map.relu_())];

    private Tensor Convolved(Tensor x, int channels)
    {
        if (conv2 is null)
            return conv1.forward(x, channels);
        using Tensor shifted = Shifted(x),
            first = conv1.forward(x, channels / 2),
            second = conv2.forward(shifted, channels - (channels / 2));
        return cat([first, second], 1);
    }

    /// <summary>x without its first row and column; where a side is odd, zeros follow, so that both halves have one size.</summary>
    private static Tensor Shifted(Tensor x)
    {
        (long height, long columns) = (x.shape[2], x.shape[3]);
        Tensor shifted = x.narrow(2, 1, height - 1).narrow(3, 1, columns - 1);
        return height % 2 == 0 && columns % 2 == 0 ? shifted : nn.functional.pad(shifted, [0L, columns % 2, 0L, height % 2]);
    }
}
