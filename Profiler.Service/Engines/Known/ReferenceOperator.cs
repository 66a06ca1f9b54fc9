using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>What an operator computes, in double, written a second time and without ONNX.</summary>
public static class ReferenceOperator
{
    /// <summary>The output of an operator with one input.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="weights">Its convolutions, in their order.</param>
    /// <param name="input">Its input map.</param>
    /// <exception cref="ArgumentException">It has two inputs.</exception>
    public static ReferenceMap Compute(OperatorSpec spec, IReadOnlyList<ConvolutionWeights> weights, ReferenceMap input)
    {
        bool halves = spec.Kind is OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x;
        int stride = halves ? 1 : spec.Stride;
        ReferenceMap x =
            !halves ? input
            : spec.Stride == 2 ? input.Resize((input.Height + 1) / 2, (input.Width + 1) / 2)
            : input.Resize(Math.Max(1, input.Height / 2), Math.Max(1, input.Width / 2));
        switch (spec.Kind)
        {
            case OperatorKind.Skip when spec.Stride == 2:
                return x.Convolve(weights[0], stride: 2).With(x.Convolve(weights[1], stride: 2, shift: 1)).Relu();
            case OperatorKind.Upsample:
                return x.Resize(spec.Height * spec.Stride, spec.Width * spec.Stride);
            case OperatorKind.Head:
                return x.Convolve(weights[0], stride: 1).Relu().Convolve(weights[1], stride: 1);
            case OperatorKind.Concat:
                throw new ArgumentException($"'{spec}' has two inputs and computes nothing.", nameof(spec));
        }
        x = x.Convolve(weights[0], stride);
        if (weights.Count == 2)
            x = x.Relu().Convolve(weights[1], stride: 1);
        return (halves && spec.Stride == 1 ? x.Resize(input.Height, input.Width) : x).Relu();
    }
}
