using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>fusion: a 1x1 convolution, norm and ReLU over the concatenated branches. [N, C, H, W] to the same shape.</summary>
public sealed class FusionModule : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes a fusion of <paramref name="channels"/> channels.</summary>
    public FusionModule(int channels)
        : base(nameof(FusionModule))
    {
        Body = new ConvNormRelu(channels, channels, kernel: 1, named: true);
        register_module("conv_1x1", Body);
    }

    /// <summary>The convolution with its norm.</summary>
    public ConvNormRelu Body { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x) => Body.forward(x);
}
