using System.Globalization;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>
/// Rewrites a float32 model for int8 convolutions, in the form that TensorRT calls explicit quantization: QuantizeLinear and
/// DequantizeLinear before the input and before the kernel of every convolution (opset 13 and up). A runtime that knows the form
/// computes the convolution in int8; any other one computes the same numbers in float32.
/// </summary>
/// <remarks>
/// Kernels stay float32 with a pair of their own, since TensorRT 8's parser takes no int8 weights, and each convolution has its own
/// pair, since it does not take shared ones. Inputs are scaled as a whole, kernels by output channel; both are symmetric about zero.
/// Biases stay float32.
/// </remarks>
public static class QuantizedModel
{
    private const int LargestStep = 127;
    private const int FirstOpset = 13;

    /// <summary>Names of the maps whose ranges <see cref="Quantize"/> needs: the inputs of convolutions with constant float32
    /// kernels.</summary>
    public static IReadOnlyCollection<string> Activations(ModelProto model)
    {
        Dictionary<string, TensorProto> weights = Weights(model.Graph);
        return [.. model.Graph.Node.Where(node => IsQuantizable(node, weights)).Select(node => node.Input[0]).Distinct()];
    }

    /// <summary>The rewritten model; the given one stays as it is.</summary>
    /// <param name="model">A float32 model.</param>
    /// <param name="ranges">Largest absolute value of each map of <see cref="Activations"/>.</param>
    /// <exception cref="NotSupportedException">The model has no convolution to quantize, or is of an opset without the
    /// operators.</exception>
    public static ModelProto Quantize(ModelProto model, IReadOnlyDictionary<string, float> ranges)
    {
        long opset = model.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").Select(import => import.Version).FirstOrDefault();
        if (opset < FirstOpset)
            throw new NotSupportedException(
                $"it is of opset {opset}, and scales by channel came with opset {FirstOpset}: export it with opset 17."
            );
        Dictionary<string, TensorProto> weights = Weights(model.Graph);
        ModelProto quantized = model.Clone();
        GraphProto graph = quantized.Graph;
        graph.Node.Clear();
        int count = 0;
        foreach (NodeProto original in model.Graph.Node)
        {
            NodeProto node = original.Clone();
            if (IsQuantizable(node, weights))
            {
                string prefix = string.Create(CultureInfo.InvariantCulture, $"int8.{count++}");
                node.Input[0] = AddPair(graph, node, node.Input[0], $"{prefix}.input", [Step(ranges[node.Input[0]])], axis: null);
                node.Input[1] = AddPair(graph, node, node.Input[1], $"{prefix}.weight", Steps(weights[node.Input[1]]), axis: 0);
            }
            graph.Node.Add(node);
        }
        return count > 0
            ? quantized
            : throw new NotSupportedException("it has no convolution with a constant float32 kernel: nothing in it would run in int8.");
    }

    /// <summary>A map through QuantizeLinear and DequantizeLinear.</summary>
    /// <returns>Name of the result.</returns>
    private static string AddPair(GraphProto graph, NodeProto owner, string map, string name, float[] scales, int? axis)
    {
        string scale = name + ".scale",
            zero = name + ".zero";
        ReadOnlySpan<long> shape = axis is null ? [] : [scales.Length];
        graph.Initializer.Add(OnnxMessages.Tensor(scale, scales, shape));
        graph.Initializer.Add(OnnxMessages.Tensor(zero, new sbyte[scales.Length], shape));
        foreach (
            (string type, string from, string to) in (ReadOnlySpan<(string, string, string)>)
                [("QuantizeLinear", map, name + ".quantized"), ("DequantizeLinear", name + ".quantized", name + ".dequantized")]
        )
        {
            var node = new NodeProto
            {
                Name = $"{owner.Name} {name} {type}",
                OpType = type,
                DocString = owner.DocString,
                Input = { from, scale, zero },
                Output = { to },
            };
            if (axis is { } number)
                node.Attribute.Add(OnnxMessages.Integer("axis", number));
            graph.Node.Add(node);
        }
        return name + ".dequantized";
    }

    private static bool IsQuantizable(NodeProto node, Dictionary<string, TensorProto> weights) =>
        node is { OpType: "Conv", Domain: "" or "ai.onnx", Input.Count: > 1 } && weights.ContainsKey(node.Input[1]);

    private static Dictionary<string, TensorProto> Weights(GraphProto graph) =>
        graph
            .Initializer.Where(tensor => OnnxMessages.IsFloat(tensor) && tensor.Dims.Count >= 3 && tensor.Dims[0] > 0)
            .DistinctBy(tensor => tensor.Name)
            .ToDictionary(tensor => tensor.Name);

    private static float[] Steps(TensorProto kernel)
    {
        ReadOnlySpan<float> values = OnnxMessages.Floats(kernel);
        var steps = new float[kernel.Dims[0]];
        int each = values.Length / steps.Length;
        for (int channel = 0; channel < steps.Length; channel++)
        {
            float largest = 0;
            foreach (float value in values.Slice(channel * each, each))
                largest = Math.Max(largest, Math.Abs(value));
            steps[channel] = Step(largest);
        }
        return steps;
    }

    // A map of zeros only has no scale of its own, and 0 is none.
    private static float Step(float largest) => largest > 0 && float.IsFinite(largest) ? largest / LargestStep : 1f / LargestStep;
}
