using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
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
    public const string InputName = NetworkModel.InputName;

    /// <summary>Name of the output, [N, classes, H/8, W/8], or [N, classes, H, W] of a full plan.</summary>
    public const string OutputName = NetworkModel.OutputName;

    /// <summary>Writes a file, whose answers on some images were compared with the network's; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written, or answers otherwise than the network.</exception>
    /// <param name="network">The network.</param>
    /// <param name="plan">Its plan at the size to export.</param>
    /// <param name="path">The file.</param>
    /// <param name="form">What the file takes and gives; null is <see cref="ExportForm.Plain"/>.</param>
    /// <param name="facts">What its metadata say beside that.</param>
    /// <param name="hooks">Told where the comparison takes long; null tells nobody.</param>
    public static void Export(
        DerivedNetwork network,
        NetworkPlan plan,
        string path,
        ExportForm? form = null,
        NetworkFacts? facts = null,
        ExportHooks? hooks = null
    )
    {
        form ??= ExportForm.Plain;
        ModelProto model = ToModel(network, plan, form);
        model.ProducerVersion = NetworkMetadata.Version;
        foreach ((string key, string value) in NetworkMetadata.Of(plan, form, facts ?? new NetworkFacts()))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        byte[] onnx = model.ToByteArray();
        if (ExportComparison.Fault(network, plan, onnx, form, hooks) is { } fault)
            throw new UserErrorException($"{path} was not written: {fault}");
        AtomicFile.WriteAllBytes(path, onnx);
    }

    /// <summary>The bytes of a file without metadata, e.g. to be measured.</summary>
    public static byte[] ToBytes(DerivedNetwork network, NetworkPlan plan, int batch = 1) => ToModel(network, plan, batch).ToByteArray();

    /// <summary>The network as an ONNX model in a form.</summary>
    /// <exception cref="ArgumentException">The plan is another network's.</exception>
    internal static ModelProto ToModel(DerivedNetwork network, NetworkPlan plan, ExportForm form)
    {
        ModelProto model = ToModel(network, plan, form.Batch, form.Open);
        if (form.Bytes is { } layout)
            PictureInput.Prepend(model, layout);
        if (form.Argmax)
            ClassOutput.Append(model);
        return model;
    }

    /// <summary>The network as an ONNX model.</summary>
    /// <param name="network">The network; its norms are folded with their running statistics, whatever mode it is in.</param>
    /// <param name="plan">Its plan at the size to export.</param>
    /// <param name="batch">Images in a batch.</param>
    /// <param name="open">Sides that are left open.</param>
    /// <exception cref="ArgumentException">The plan is another network's.</exception>
    public static ModelProto ToModel(DerivedNetwork network, NetworkPlan plan, int batch = 1, DynamicAxes open = DynamicAxes.None)
    {
        if (plan.Architecture != network.Architecture)
            throw new ArgumentException($"The plan is of {plan.Architecture}, the network is {network.Architecture}.", nameof(plan));
        var weights = network.Parts.ToDictionary(part => part.Part.Name, part => OperatorWeights.Of(part.Module));
        return NetworkModel.Build(plan, part => weights.GetValueOrDefault(part.Name, []), batch, open);
    }
}
