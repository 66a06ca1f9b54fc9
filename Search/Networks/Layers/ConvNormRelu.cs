using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>A convolution, batch norm and ReLU of fixed width: the first stem convolution, arms, refinements and fusions.</summary>
public sealed class ConvNormRelu : nn.Module<Tensor, Tensor>
{
    private readonly int outChannels;

    /// <summary>Makes the three.</summary>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="kernel">1 or 3.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="named">True names the parts <c>conv</c> and <c>bn</c>, false <c>conv.0</c> and <c>conv.1</c>; published checkpoints
    /// have both.</param>
    public ConvNormRelu(int inChannels, int outChannels, int kernel, int stride = 1, bool named = false)
        : base(nameof(ConvNormRelu))
    {
        this.outChannels = outChannels;
        Convolution = new SlimmableConv2d(inChannels, outChannels, kernel, stride);
        Norm = new SlimmableBatchNorm2d(outChannels);
        if (named)
        {
            register_module("conv", Convolution);
            register_module("bn", Norm);
        }
        else
        {
            register_module("conv", new ModuleList<nn.Module>(Convolution, Norm));
        }
    }

    /// <summary>The convolution.</summary>
    public SlimmableConv2d Convolution { get; }

    /// <summary>Its norm.</summary>
    public SlimmableBatchNorm2d Norm { get; }

    /// <summary>[N, in, H, W] to [N, out, H / stride, W / stride].</summary>
    public override Tensor forward(Tensor x) => Norm.forward(Convolution.forward(x, outChannels), 0).relu_();
}
