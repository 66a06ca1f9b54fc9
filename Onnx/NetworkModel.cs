using FasterSeg.Latency.Networks;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>A whole network as a model: the parts of its plan, each written as the operator that the profiler measures.</summary>
public static class NetworkModel
{
    /// <summary>Name of the input, [N, 3, H, W], normalized as in training.</summary>
    public const string InputName = "image";

    /// <summary>Name of the output, [N, classes, H/8, W/8], or [N, classes, H, W] of a full plan.</summary>
    public const string OutputName = "logits";

    /// <summary>The network with random weights, to be measured: its latency is that of a trained one.</summary>
    /// <param name="plan">The network at its input size.</param>
    /// <param name="batch">Images in a batch.</param>
    /// <param name="seed">Seeds the weights; the same seed gives the same model, byte for byte.</param>
    public static ModelProto Build(NetworkPlan plan, int batch = 1, ulong seed = 1)
    {
        ulong next = seed;
        return Build(plan, part => OperatorModel.RandomWeights(part.Spec, unchecked(next++)), batch);
    }

    /// <summary>The network with given weights.</summary>
    /// <param name="plan">The network at its input size.</param>
    /// <param name="weights">A part's convolutions, as <see cref="FasterSeg.Latency.Spaces.OperatorWeightShapes.Of"/> lists them; asked in
    /// the order of the plan, and not of a concatenation.</param>
    /// <param name="batch">Images in a batch.</param>
    /// <param name="open">Sides that are left open.</param>
    /// <exception cref="ArgumentException">The weights do not have the shapes that the plan says.</exception>
    public static ModelProto Build(
        NetworkPlan plan,
        Func<NetworkPart, IReadOnlyList<ConvolutionWeights>> weights,
        int batch,
        DynamicAxes open = DynamicAxes.None
    )
    {
        var graph = new OnnxGraphBuilder($"fasterseg {plan.Architecture}", batch, open);
        OnnxValue image = graph.Input(InputName, 3, plan.Height, plan.Width);
        var maps = new List<OnnxValue>();
        foreach (NetworkPart part in plan.Parts)
        {
            OnnxValue x = part.Inputs[0] == NetworkPlan.Image ? image : maps[part.Inputs[0]];
            maps.Add(part.Inputs.Count == 2 ? graph.Concat(part.Spec, x, maps[part.Inputs[1]]) : graph.Append(part.Spec, x, weights(part)));
        }
        graph.Output(maps[^1], OutputName);
        return graph.Build();
    }
}
