using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>What each part of a derived network is in TorchSharp; its counterpart in ONNX is <c>OperatorLowering</c> of
/// FasterSeg.Onnx.</summary>
public static class PartModule
{
    /// <summary>The trainable module of a part, or null where it has no weights (upsampling, concatenation).</summary>
    public static nn.Module? Create(OperatorSpec spec) =>
        spec.Kind switch
        {
            OperatorKind.Upsample or OperatorKind.Concat => null,
            OperatorKind.Fusion => new FusionModule(spec.InChannels),
            OperatorKind.Head => new HeadModule(spec.InChannels, spec.OutChannels),
            _ when spec.IsSearched => CellOperator.Create(spec.Kind, spec.InChannels, [spec.OutChannels], spec.Stride),
            _ => new ConvNormRelu(spec.InChannels, spec.OutChannels, spec.Kernel, spec.Stride),
        };

    /// <summary>Runs a part on maps [N, C, H, W] of any size.</summary>
    /// <param name="spec">The part; only its kind and factor matter here.</param>
    /// <param name="module">What <see cref="Create"/> made of it.</param>
    /// <param name="inputs">Its input, or the two of a concatenation.</param>
    public static Tensor Run(OperatorSpec spec, nn.Module? module, params Tensor[] inputs) =>
        module switch
        {
            CellOperator cell => cell.forward(inputs[0], 0),
            nn.Module<Tensor, Tensor> part => part.forward(inputs[0]),
            _ when spec.Kind == OperatorKind.Concat => cat(inputs, 1),
            _ => Bilinear.Enlarge(inputs[0], spec.Stride),
        };
}
