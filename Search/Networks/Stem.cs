using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>The stem: 3x3 convolution to 1/2, conv_2x to 1/4, conv_2x to 1/8. [N, 3, H, W] to [N, C, H/8, W/8].</summary>
public sealed class Stem : nn.Module<Tensor, Tensor>
{
    private readonly ConvNormRelu first;
    private readonly ConvolutionOperator toQuarter;
    private readonly ConvolutionOperator toEighth;

    /// <summary>Makes a stem with <paramref name="quarter"/> channels at 1/2, and <paramref name="eighth"/> at 1/4 and 1/8.</summary>
    public Stem(int quarter, int eighth)
        : base(nameof(Stem))
    {
        first = new ConvNormRelu(3, quarter, kernel: 3, stride: 2);
        toQuarter = new ConvolutionOperator(quarter, [eighth], stride: 2, convolutions: 2, zoomed: false);
        toEighth = new ConvolutionOperator(eighth, [eighth], stride: 2, convolutions: 2, zoomed: false);
        register_module("0", first);
        register_module("1", toQuarter);
        register_module("2", toEighth);
    }

    /// <summary>The stem of a space with a ratio.</summary>
    public static Stem Of(SearchSpace space, double ratio) => new(space.Channels(4, ratio), space.Channels(8, ratio));

    /// <inheritdoc/>
    public override Tensor forward(Tensor image) => toEighth.forward(toQuarter.forward(first.forward(image), 0), 0);
}
