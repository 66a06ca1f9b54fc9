using FasterSeg.Latency.Spaces;

namespace FasterSeg.Onnx;

/// <summary>
/// What each operator computes, node by node. This is the only place that knows: the profiler's operators and the
/// exported networks are both written here.
/// </summary>
internal static class OperatorLowering
{
    public static OnnxValue Lower(OnnxPartWriter part, OperatorSpec spec, OnnxValue input, IReadOnlyList<ConvolutionWeights> weights)
    {
        OnnxValue x = input;
        switch (spec.Kind)
        {
            case OperatorKind.Skip when spec.Stride == 2:
                return FactorizedReduction(part, x, weights);

            case OperatorKind.Skip
            or OperatorKind.Conv
            or OperatorKind.Stem
            or OperatorKind.Arm
            or OperatorKind.Refine
            or OperatorKind.Fusion:
                return part.Relu(part.Convolution(x, weights[0], spec.Stride));

            case OperatorKind.Conv2x:
                x = part.Relu(part.Convolution(x, weights[0], spec.Stride));
                return part.Relu(part.Convolution(x, weights[1]));

            case OperatorKind.ZoomedConv:
                x = part.Convolution(ZoomOut(part, spec, x), weights[0]);
                return part.Relu(ZoomIn(part, spec, x, input));

            case OperatorKind.ZoomedConv2x:
                x = part.Relu(part.Convolution(ZoomOut(part, spec, x), weights[0]));
                x = part.Convolution(x, weights[1]);
                return part.Relu(ZoomIn(part, spec, x, input));

            case OperatorKind.Head:
                x = part.Relu(part.Convolution(x, weights[0]));
                return part.Convolution(x, weights[1]);

            case OperatorKind.Upsample:
                return part.Resize(x, spec.OutHeight, spec.OutWidth, x, times: spec.Stride);

            default:
                throw new ArgumentException($"'{spec}' is no operator with one input.", nameof(spec));
        }
    }

    /// <summary>
    /// Two 1x1 convolutions with stride 2, on the map and on the map shifted by one row and one column, side by side. At an
    /// odd side the shifted map has one row (column) too few, so it is padded with zeros at its end.
    /// </summary>
    private static OnnxValue FactorizedReduction(OnnxPartWriter part, OnnxValue x, IReadOnlyList<ConvolutionWeights> weights)
    {
        OnnxValue even = part.Convolution(x, weights[0], stride: 2);
        OnnxValue shifted = part.WithoutFirstRowAndColumn(x);
        OnnxValue odd = part.PaddedConvolution(shifted, weights[1], stride: 2, (0, x.Height % 2), (0, x.Width % 2));
        return part.Relu(part.Concat(even, odd));
    }

    /// <summary>To half size. With stride 2 this is the output's size (rounded up), else it is rounded down.</summary>
    private static OnnxValue ZoomOut(OnnxPartWriter part, OperatorSpec spec, OnnxValue x) =>
        spec.Stride == 2
            ? part.Resize(x, spec.OutHeight, spec.OutWidth, x, over: 2)
            : part.Resize(x, Math.Max(1, x.Height / 2), Math.Max(1, x.Width / 2), x, over: 2);

    /// <summary>Back to the input's size; with stride 2 the map stays as small as it is.</summary>
    private static OnnxValue ZoomIn(OnnxPartWriter part, OperatorSpec spec, OnnxValue x, OnnxValue input) =>
        spec.Stride == 2 ? x : part.Resize(x, spec.Height, spec.Width, input);
}
