using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Export;

/// <summary>Takes the weights out of a trained part, its batch norms folded into its convolutions.</summary>
public static class OperatorWeights
{
    /// <summary>The convolutions of a part in the order of <see cref="OperatorWeightShapes.Of"/>.</summary>
    /// <param name="module">A <see cref="CellOperator"/> of one width, <see cref="ConvNormRelu"/>, <see cref="FusionModule"/> or
    /// <see cref="HeadModule"/>.</param>
    /// <exception cref="ArgumentException">It is another module.</exception>
    public static IReadOnlyList<ConvolutionWeights> Of(nn.Module module) =>
        module switch
        {
            CellOperator cell => OfCell(cell),
            ConvNormRelu part => [Folded(part.Convolution, part.Norm)],
            FusionModule fusion => [Folded(fusion.Body.Convolution, fusion.Body.Norm)],
            HeadModule head => [Folded(head.Body.Convolution, head.Body.Norm), WithBias(head.Classifier)],
            _ => throw new ArgumentException($"A {module.GetName()} is no part of a network.", nameof(module)),
        };

    private static List<ConvolutionWeights> OfCell(CellOperator cell)
    {
        var weights = new List<ConvolutionWeights>();
        SlimmableBatchNorm2d? before = null;
        int offset = 0;
        foreach ((SlimmableConv2d convolution, SlimmableBatchNorm2d norm) in cell.Convolutions)
        {
            // Skip with stride 2 has one norm over both convolutions' outputs: each takes its own channels of it.
            if (norm != before)
                offset = 0;
            weights.Add(Folded(convolution, norm, offset));
            (before, offset) = (norm, offset + weights[^1].OutChannels);
        }
        return weights;
    }

    private static ConvolutionWeights Folded(SlimmableConv2d convolution, SlimmableBatchNorm2d norm, int offset = 0)
    {
        (int outChannels, int inChannels, int kernel) = Shape(convolution);
        return ConvolutionWeights.FoldBatchNorm(
            Values(convolution.Weight),
            inChannels,
            kernel,
            Part(norm.Weight),
            Part(norm.Bias),
            Part(norm.RunningMean),
            Part(norm.RunningVariance),
            SlimmableBatchNorm2d.Epsilon
        );

        ReadOnlySpan<float> Part(Tensor channels) => Values(channels).AsSpan(offset, outChannels);
    }

    private static ConvolutionWeights WithBias(SlimmableConv2d convolution)
    {
        (int outChannels, int inChannels, int kernel) = Shape(convolution);
        return new ConvolutionWeights(Values(convolution.Weight), outChannels, inChannels, kernel, Values(convolution.Bias!));
    }

    private static (int Out, int In, int Kernel) Shape(SlimmableConv2d convolution)
    {
        long[] shape = convolution.Weight.shape;
        return ((int)shape[0], (int)shape[1], (int)shape[2]);
    }

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }
}
