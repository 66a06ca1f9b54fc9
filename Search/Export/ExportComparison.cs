using System.Globalization;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace FasterSeg.Search.Export;

/// <summary>Runs an exported network and the one that it was made from on one image: what is deployed must be what was trained.</summary>
public static class ExportComparison
{
    /// <summary>Largest difference of two logits, as a share of the largest logit; rounding explains 1e-5.</summary>
    public const double Tolerance = 1e-3;

    private const ulong Seed = 20261128;

    /// <summary>What is wrong with a file, as a sentence; null where it answers as the network does.</summary>
    /// <param name="network">The network; its mode is left as it was.</param>
    /// <param name="plan">Its plan at the exported size.</param>
    /// <param name="onnx">The file's bytes, for a batch of one.</param>
    /// <param name="isClasses">It answers with classes, [1, H, W], and not with logits, [1, C, H, W].</param>
    public static string? Fault(DerivedNetwork network, NetworkPlan plan, byte[] onnx, bool isClasses)
    {
        var random = new SplitMix64(Seed);
        float[] image = [.. Enumerable.Range(0, 3 * plan.Height * plan.Width).Select(_ => (float)random.NextGaussian())];
        float[] logits = Logits(network, plan, image);
        double scale = logits.Max(value => (double)MathF.Abs(value));
        if (!double.IsFinite(scale))
            return "the network's own logits are not numbers, so its weights are spoiled: train it again. " + Machine();

        using var session = QuietSession.Open(onnx);
        using var results = session.Run([
            NamedOnnxValue.CreateFromTensor(NetworkExporter.InputName, new DenseTensor<float>(image, [1, 3, plan.Height, plan.Width])),
        ]);
        double off = isClasses
            ? WorstMargin(logits, [.. results[0].AsTensor<long>()]) / scale
            : logits
                .Zip(results[0].AsTensor<float>(), (torch, other) =>
                    float.IsFinite(other) ? Math.Abs((double)torch - other) : double.PositiveInfinity
                )
                .Max() / scale;
        return off <= Tolerance
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"ONNX Runtime's answer to it is off from libtorch's by {off:G2} of the largest logit, more than {Tolerance:G1}, "
                    + $"so one of the two computes wrongly here. "
            ) + Machine();
    }

    /// <summary>By libtorch, [C, H, W] in a row.</summary>
    private static float[] Logits(DerivedNetwork network, NetworkPlan plan, float[] image)
    {
        using IDisposable scope = NewDisposeScope(),
            frozen = no_grad();
        bool wasTraining = network.training;
        network.eval();
        var logits = network.forward(tensor(image, [1, 3, plan.Height, plan.Width]).to(network.parameters().First().device));
        if (wasTraining)
            network.train();
        return (plan.Parts[^1].Spec.Kind == OperatorKind.Upsample ? Bilinear.Resize(logits, plan.Height, plan.Width) : logits)
            .cpu()
            .contiguous()
            .data<float>()
            .ToArray();
    }

    /// <summary>By how much the largest logit of a pixel is above that of the class that was answered, at most.</summary>
    private static double WorstMargin(float[] logits, long[] classes)
    {
        int count = logits.Length / classes.Length;
        double worst = 0;
        for (int pixel = 0; pixel < classes.Length; pixel++)
        {
            if (classes[pixel] < 0 || classes[pixel] >= count)
                return double.PositiveInfinity;
            float answered = logits[(classes[pixel] * classes.Length) + pixel];
            for (int c = 0; c < count; c++)
                worst = Math.Max(worst, logits[(c * classes.Length) + pixel] - answered);
        }
        return worst;
    }

    private static string Machine() => $"This machine's libtorch: {TorchLoader.Kernels?.ToString() ?? "not loaded by the program"}.";
}
