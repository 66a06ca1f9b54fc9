using FasterSeg.Latency.Spaces;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>head: 3x3 convolution, norm, ReLU, then a 1x1 convolution with bias to the classes' logits.</summary>
public sealed class HeadModule : nn.Module<Tensor, Tensor>
{
    private readonly int classes;

    /// <summary>Makes a head on a map of <paramref name="inChannels"/> channels.</summary>
    public HeadModule(int inChannels, int classes)
        : base(nameof(HeadModule))
    {
        this.classes = classes;
        int middle = OperatorWeightShapes.HeadMiddle(inChannels);
        Body = new ConvNormRelu(inChannels, middle, kernel: 3, named: true);
        Classifier = new SlimmableConv2d(middle, classes, kernel: 1, hasBias: true);
        register_module("conv_3x3", Body);
        register_module("conv_1x1", Classifier);
    }

    /// <summary>The 3x3 convolution with its norm.</summary>
    public ConvNormRelu Body { get; }

    /// <summary>The 1x1 convolution to the logits.</summary>
    public SlimmableConv2d Classifier { get; }

    /// <summary>[N, in, H, W] to [N, classes, H, W].</summary>
    public override Tensor forward(Tensor x) => Classifier.forward(Body.forward(x), classes);
}
