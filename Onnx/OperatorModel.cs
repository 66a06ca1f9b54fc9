using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>One operator as a model of its own: what the profiler measures.</summary>
public static class OperatorModel
{
    /// <summary>Name of the (first) input.</summary>
    public const string InputName = "input";

    /// <summary>Name of a concatenation's second input.</summary>
    public const string SecondInputName = "input2";

    /// <summary>Name of the output.</summary>
    public const string OutputName = "output";

    /// <summary>The operator with random weights.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="batch">Images in a batch.</param>
    /// <param name="seed">Seeds the weights; the same seed gives the same model, byte for byte.</param>
    public static ModelProto Build(OperatorSpec spec, int batch = 1, ulong seed = 1) => Build(spec, batch, RandomWeights(spec, seed));

    /// <summary>The operator with given weights.</summary>
    public static ModelProto Build(OperatorSpec spec, int batch, IReadOnlyList<ConvolutionWeights> weights)
    {
        var graph = new OnnxGraphBuilder(spec.ToString(), batch);
        OnnxValue input = graph.Input(InputName, spec.InChannels, spec.Height, spec.Width);
        OnnxValue output =
            spec.Kind == OperatorKind.Concat
                ? graph.Concat(spec, input, graph.Input(SecondInputName, spec.SecondInChannels, spec.Height, spec.Width))
                : graph.Append(spec, input, weights);
        graph.Output(output, OutputName);
        return graph.Build();
    }

    /// <summary>
    /// Normal weights with He's scale (standard deviation sqrt(2 / fan-in)) and small biases, so that values stay of order
    /// one through any stack of operators: no denormals, no overflow, in fp16 neither.
    /// </summary>
    public static IReadOnlyList<ConvolutionWeights> RandomWeights(OperatorSpec spec, ulong seed)
    {
        var random = new SplitMix64(seed);
        var weights = new List<ConvolutionWeights>();
        foreach (ConvolutionShape shape in OperatorWeightShapes.Of(spec))
        {
            double scale = Math.Sqrt(2.0 / (shape.InChannels * shape.Kernel * shape.Kernel));
            var kernel = new float[shape.WeightCount];
            for (int i = 0; i < kernel.Length; i++)
                kernel[i] = (float)(scale * random.NextGaussian());
            var bias = new float[shape.OutChannels];
            for (int i = 0; i < bias.Length; i++)
                bias[i] = (float)(0.1 * random.NextGaussian());
            weights.Add(new(kernel, shape.OutChannels, shape.InChannels, shape.Kernel, bias));
        }
        return weights;
    }
}
