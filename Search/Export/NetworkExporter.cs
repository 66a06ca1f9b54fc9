using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using Google.Protobuf;

namespace FasterSeg.Search.Export;

/// <summary>
/// Writes a derived network with its weights as ONNX, part by part through the same code that writes the profiler's
/// operators.
/// </summary>
public static class NetworkExporter
{
    /// <summary>Name of the input, [N, 3, H, W], normalized as in training.</summary>
    public const string InputName = "image";

    /// <summary>Name of the output, [N, classes, H/8, W/8], or [N, classes, H, W] of a full plan.</summary>
    public const string OutputName = "logits";

    /// <summary>Name of the metadata that say how an image is brought to the input's size: a word of <see cref="ImageFit"/>.</summary>
    public const string FitKey = "fasterseg.input.fit";

    /// <summary>Writes a file, whose answers on one image were compared with the network's; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written, or answers otherwise than the network.</exception>
    /// <param name="network">The network.</param>
    /// <param name="plan">Its plan at the size to export.</param>
    /// <param name="path">The file.</param>
    /// <param name="argmax">End in <c>classes</c>, [N, H, W], int64, instead of logits; at 1/8 of the size unless the plan is full.</param>
    /// <param name="fit">How images are brought to the plan's size; null does not say.</param>
    public static void Export(DerivedNetwork network, NetworkPlan plan, string path, bool argmax = false, ImageFit? fit = null)
    {
        ModelProto model = ToModel(network, plan);
        if (fit is { } how)
            model.MetadataProps.Add(new StringStringEntryProto { Key = FitKey, Value = how.Word() });
        if (argmax)
            ClassOutput.Append(model);
        byte[] onnx = model.ToByteArray();
        if (ExportComparison.Fault(network, plan, onnx, argmax) is { } fault)
            throw new UserErrorException($"{path} was not written: {fault}");
        AtomicFile.WriteAllBytes(path, onnx);
    }

    /// <summary>The file's bytes.</summary>
    public static byte[] ToBytes(DerivedNetwork network, NetworkPlan plan, int batch = 1) => ToModel(network, plan, batch).ToByteArray();

    /// <summary>The network as an ONNX model.</summary>
    /// <param name="network">The network; its norms are folded with their running statistics, whatever mode it is in.</param>
    /// <param name="plan">Its plan at the size to export.</param>
    /// <param name="batch">Images in a batch.</param>
    /// <exception cref="ArgumentException">The plan is another network's.</exception>
    public static ModelProto ToModel(DerivedNetwork network, NetworkPlan plan, int batch = 1)
    {
        if (plan.Architecture != network.Architecture)
            throw new ArgumentException($"The plan is of {plan.Architecture}, the network is {network.Architecture}.", nameof(plan));
        var weights = network.Parts.ToDictionary(part => part.Part.Name, part => OperatorWeights.Of(part.Module));
        var graph = new OnnxGraphBuilder($"fasterseg {network.Architecture}", batch);
        OnnxValue image = graph.Input(InputName, 3, plan.Height, plan.Width);
        var maps = new List<OnnxValue>();
        foreach (NetworkPart part in plan.Parts)
        {
            OnnxValue x = part.Inputs[0] == NetworkPlan.Image ? image : maps[part.Inputs[0]];
            maps.Add(
                part.Inputs.Count == 2
                    ? graph.Concat(part.Spec, x, maps[part.Inputs[1]])
                    : graph.Append(part.Spec, x, weights.GetValueOrDefault(part.Name, []))
            );
        }
        graph.Output(maps[^1], OutputName);
        return graph.Build();
    }
}
