using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// A convolution whose narrower versions are slices of one "superkernel" (paper, Section 3.1): the first channels of input
/// and output. Without bias unless asked.
/// </summary>
public sealed class SlimmableConv2d : nn.Module<Tensor, int, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly int stride;
    private readonly int padding;

    /// <summary>Makes the widest version, He-initialized from torch's generator.</summary>
    public SlimmableConv2d(int inChannels, int outChannels, int kernel, int stride = 1, bool hasBias = false)
        : base(nameof(SlimmableConv2d))
    {
        this.stride = stride;
        padding = kernel / 2;
        weight = new Parameter(empty(outChannels, inChannels, kernel, kernel));
        nn.init.kaiming_normal_(weight, 0, nn.init.FanInOut.FanIn, nn.init.NonlinearityType.ReLU);
        register_parameter("weight", weight);
        if (!hasBias)
            return;
        bias = new Parameter(zeros(outChannels));
        register_parameter("bias", bias);
    }

    /// <summary>[out, in, kernel, kernel] of the widest version.</summary>
    public Tensor Weight => weight;

    /// <summary>[out], or null.</summary>
    public Tensor? Bias => bias;

    /// <summary>Convolves [N, in, H, W] (any in up to the widest) to [N, <paramref name="outChannels"/>, H / stride, W / stride].</summary>
    public override Tensor forward(Tensor x, int outChannels)
    {
        if (outChannels == weight.shape[0] && x.shape[1] == weight.shape[1])
            return Convolve(x, weight);
        using Tensor kernel = KernelSlice.Of(weight, outChannels, x.shape[1]);
        return Convolve(x, kernel);
    }

    private Tensor Convolve(Tensor x, Tensor kernel) =>
        nn.functional.conv2d(x, kernel, bias, strides: [stride, stride], padding: [padding, padding]);
}
