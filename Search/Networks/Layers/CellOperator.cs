using FasterSeg.Latency.Spaces;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// One of the five searched operators (paper, Section 3.1) as a trainable module: in the supernet with all widths, in a
/// derived network with one.
/// </summary>
public abstract class CellOperator(string name) : nn.Module<Tensor, int, Tensor>(name)
{
    /// <summary>Applies the operator to one map.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="width">Which of the widths.</param>
    /// <returns>[N, C of the width, H / stride, W / stride].</returns>
    public sealed override Tensor forward(Tensor x, int width)
    {
        using var input = new CellInput(x);
        return Each(input, width)[0];
    }

    /// <summary>Applies the operator to one map or two.</summary>
    /// <param name="maps">The maps.</param>
    /// <param name="width">Which of the widths.</param>
    /// <returns>One answer for each.</returns>
    public abstract Tensor[] Each(CellInput maps, int width);

    /// <summary>Makes an operator.</summary>
    /// <param name="kind">One of the five.</param>
    /// <param name="inChannels">Channels of the widest input.</param>
    /// <param name="outChannels">Output channels of each width, narrowest first.</param>
    /// <param name="stride">1 or 2.</param>
    public static CellOperator Create(OperatorKind kind, int inChannels, IReadOnlyList<int> outChannels, int stride) =>
        kind switch
        {
            OperatorKind.Skip => new SkipOperator(inChannels, outChannels, stride),
            OperatorKind.Conv => new ConvolutionOperator(inChannels, outChannels, stride, convolutions: 1, zoomed: false),
            OperatorKind.ZoomedConv => new ConvolutionOperator(inChannels, outChannels, stride, convolutions: 1, zoomed: true),
            OperatorKind.Conv2x => new ConvolutionOperator(inChannels, outChannels, stride, convolutions: 2, zoomed: false),
            OperatorKind.ZoomedConv2x => new ConvolutionOperator(inChannels, outChannels, stride, convolutions: 2, zoomed: true),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a searched operator."),
        };

    /// <summary>The convolutions with their norms in the order in which they run.</summary>
    public abstract IReadOnlyList<(SlimmableConv2d Convolution, SlimmableBatchNorm2d Norm)> Convolutions { get; }
}
