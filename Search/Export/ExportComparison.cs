using System.Globalization;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace FasterSeg.Search.Export;

/// <summary>Runs an exported network and the one that it was made from on the same images: what is deployed must be what was
/// trained.</summary>
public static class ExportComparison
{
    /// <summary>Largest difference of two logits, as a share of the largest logit; rounding explains 1e-5.</summary>
    public const double Tolerance = 1e-3;

    private const ulong Seed = 20261128;

    /// <summary>What is wrong with a file, as a sentence; null where it answers as the network does.</summary>
    /// <param name="network">The network; its mode is left as it was.</param>
    /// <param name="plan">Its plan at the exported size.</param>
    /// <param name="onnx">The file's bytes.</param>
    /// <param name="form">What it takes and gives. Where it leaves sides open, it is asked at two of them.</param>
    public static string? Fault(DerivedNetwork network, NetworkPlan plan, byte[] onnx, ExportForm form)
    {
        using var session = QuietSession.Open(onnx);
        (int Batch, int Height, int Width) exported = (form.Batch, plan.Height, plan.Width);
        var sizes = new List<(int Batch, int Height, int Width)> { exported };
        if (form.Open != DynamicAxes.None)
            sizes.Add(
                (
                    exported.Batch + (form.Open.HasFlag(DynamicAxes.Batch) ? 1 : 0),
                    exported.Height + (form.Open.HasFlag(DynamicAxes.Size) ? SearchSpace.SideMultiple : 0),
                    exported.Width + (form.Open.HasFlag(DynamicAxes.Size) ? SearchSpace.SideMultiple : 0)
                )
            );
        return sizes.Select(size => Fault(network, plan, session, form, size)).FirstOrDefault(fault => fault is not null);
    }

    private static string? Fault(
        DerivedNetwork network,
        NetworkPlan plan,
        InferenceSession session,
        ExportForm form,
        (int Batch, int Height, int Width) size
    )
    {
        var random = new SplitMix64(Seed);
        int count = size.Batch * 3 * size.Height * size.Width;
        long[] planes = [size.Batch, 3, size.Height, size.Width];
        NamedOnnxValue input;
        float[] image;
        if (form.Bytes is { } layout)
        {
            byte[] bytes = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next())];
            int pixels = size.Height * size.Width;
            image = new float[count];
            // Where value i of the planes lies among the bytes.
            for (int i = 0; i < count; i++)
            {
                (int picture, int channel, int pixel) = (i / (3 * pixels), i / pixels % 3, i % pixels);
                int at = layout == PictureLayout.Nhwc ? (((picture * pixels) + pixel) * 3) + channel : i;
                image[i] = Normalization.Normalize(bytes[at], channel);
            }
            int[] shape =
                layout == PictureLayout.Nhwc ? [size.Batch, size.Height, size.Width, 3] : [size.Batch, 3, size.Height, size.Width];
            input = NamedOnnxValue.CreateFromTensor(NetworkExporter.InputName, new DenseTensor<byte>(bytes, shape));
        }
        else
        {
            image = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
            input = NamedOnnxValue.CreateFromTensor(
                NetworkExporter.InputName,
                new DenseTensor<float>(image, [size.Batch, 3, size.Height, size.Width])
            );
        }
        float[] logits = Logits(network, plan, image, planes);
        double scale = logits.Max(value => (double)MathF.Abs(value));
        if (!double.IsFinite(scale))
            return "the network's own logits are not numbers, so its weights are spoiled: train it again. " + Machine();

        using var results = session.Run([input]);
        double off = form.Argmax
            ? WorstMargin(logits, [.. results[0].AsTensor<long>()], plan.Architecture.Classes, size.Batch) / scale
            : Furthest(logits, results[0].AsTensor<float>().ToArray()) / scale;
        return off <= Tolerance
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"ONNX Runtime's answer to it is off from libtorch's by {off:G2} of the largest logit, more than {Tolerance:G1}, "
                    + $"so one of the two computes wrongly here. "
            ) + Machine();
    }

    /// <summary>By libtorch, [N, C, H, W] in a row.</summary>
    private static float[] Logits(DerivedNetwork network, NetworkPlan plan, float[] image, long[] shape)
    {
        using IDisposable scope = NewDisposeScope(),
            frozen = no_grad();
        bool wasTraining = network.training;
        network.eval();
        var logits = network.forward(tensor(image, shape).to(network.parameters().First().device));
        if (wasTraining)
            network.train();
        return (plan.Parts[^1].Spec.Kind == OperatorKind.Upsample ? Bilinear.Resize(logits, shape[2], shape[3]) : logits)
            .cpu()
            .contiguous()
            .data<float>()
            .ToArray();
    }

    private static double Furthest(float[] torch, float[] other) =>
        torch.Length != other.Length
            ? double.PositiveInfinity
            : torch.Zip(other, (one, two) => float.IsFinite(two) ? Math.Abs((double)one - two) : double.PositiveInfinity).Max();

    /// <summary>By how much the largest logit of a pixel is above that of the class that was answered, at most.</summary>
    private static double WorstMargin(float[] logits, long[] answers, int classes, int batch)
    {
        if (answers.Length * classes != logits.Length)
            return double.PositiveInfinity;
        int pixels = answers.Length / batch;
        double worst = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i] < 0 || answers[i] >= classes)
                return double.PositiveInfinity;
            int first = (i / pixels * classes * pixels) + (i % pixels);
            float answered = logits[first + (answers[i] * pixels)];
            for (int c = 0; c < classes; c++)
                worst = Math.Max(worst, logits[first + (c * pixels)] - answered);
        }
        return worst;
    }

    private static string Machine() => $"This machine's libtorch: {TorchLoader.Kernels?.ToString() ?? "not loaded by the program"}.";
}
