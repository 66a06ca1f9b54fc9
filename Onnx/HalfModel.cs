using System.Runtime.InteropServices;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;

namespace FasterSeg.Onnx;

/// <summary>
/// Rewrites a float32 model to float16: weights, inputs and outputs, and with them every map in between. No node is added, so that
/// what is measured is the network and not its conversion.
/// </summary>
public static class HalfModel
{
    /// <summary>Operators that take float16 wherever they take float32, and whose attributes don't fix a type.</summary>
    private static readonly HashSet<string> Known =
    [
        "Add",
        "AveragePool",
        "BatchNormalization",
        "Clip",
        "Concat",
        "Conv",
        "ConvTranspose",
        "Div",
        "Flatten",
        "Gemm",
        "GlobalAveragePool",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LeakyRelu",
        "MatMul",
        "MaxPool",
        "Mul",
        "Pad",
        "PRelu",
        "Relu",
        "Reshape",
        "Resize",
        "Sigmoid",
        "Slice",
        "Softmax",
        "Split",
        "Squeeze",
        "Sub",
        "Tanh",
        "Transpose",
        "Unsqueeze",
    ];

    /// <summary>The rewritten model; the given one stays as it is.</summary>
    /// <exception cref="NotSupportedException">It has an operator that is not known to compute in float16; the message names
    /// it.</exception>
    public static ModelProto Convert(ModelProto model)
    {
        if (model.Graph.Node.FirstOrDefault(node => node.Domain is not ("" or "ai.onnx") || !Known.Contains(node.OpType)) is { } unknown)
            throw new NotSupportedException(
                $"it has a {unknown.OpType} ('{unknown.Name}'), which is not rewritten: measure it in fp32, or with TensorRT."
            );
        HashSet<string> single = [.. model.Graph.Node.SelectMany(StaysSingle).Where(name => name.Length > 0)];
        ModelProto half = model.Clone();
        foreach (
            TensorProto tensor in half.Graph.Initializer.Where(tensor => OnnxMessages.IsFloat(tensor) && !single.Contains(tensor.Name))
        )
            Convert(tensor);
        foreach (ValueInfoProto value in half.Graph.Input.Concat(half.Graph.Output).Concat(half.Graph.ValueInfo))
        {
            if (value.Type?.TensorType is { ElemType: OnnxMessages.Float32 } type && !single.Contains(value.Name))
                type.ElemType = OnnxMessages.Float16;
        }
        return half;
    }

    /// <summary>A resize's scales (and region) are float32 whatever the map is.</summary>
    private static IEnumerable<string> StaysSingle(NodeProto node) => node.OpType == "Resize" ? node.Input.Skip(1) : [];

    private static void Convert(TensorProto tensor)
    {
        ReadOnlySpan<float> values = OnnxMessages.Floats(tensor);
        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
            halves[i] = (Half)values[i];
        tensor.FloatData.Clear();
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves));
        tensor.DataType = OnnxMessages.Float16;
    }
}
