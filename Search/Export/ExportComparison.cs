using System.Diagnostics;
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

    /// <summary>Pixels of a batch from which on a comparison takes so long that it is told of.</summary>
    public const long ManyPixels = 1L << 22;

    private const ulong Seed = 20261128;
    private const int Block = 1 << 16;

    // Side of the picture by which the time is foretold.
    private const int SampleSide = 256;

    /// <summary>What is wrong with a file, as a sentence; null where it answers as the network does.</summary>
    /// <param name="network">The network; its mode is left as it was.</param>
    /// <param name="plan">Its plan at the exported size.</param>
    /// <param name="onnx">The file's bytes.</param>
    /// <param name="form">What it takes and gives. Where it leaves sides open, it is asked at two of them.</param>
    /// <param name="hooks">Told how long it takes, where that is long; null tells nobody.</param>
    /// <param name="many">Pixels of a batch from which on that is told.</param>
    public static string? Fault(
        DerivedNetwork network,
        NetworkPlan plan,
        byte[] onnx,
        ExportForm form,
        ExportHooks? hooks = null,
        long many = ManyPixels
    )
    {
        if (hooks is not null && (long)form.Batch * plan.Height * plan.Width >= many)
            hooks.Say(
                FormattableString.Invariant($"The file is compared with the network at {plan.Height}x{plan.Width} before it is written: ")
                    + $"about {Foretold(network, plan, form)} on this machine."
            );
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
        return sizes
            .Select(size => Fault(network, plan, session, form, size, hooks?.Cancellation ?? default))
            .FirstOrDefault(fault => fault is not null);
    }

    /// <summary>How long both programs take, by what a small picture takes here.</summary>
    private static string Foretold(DerivedNetwork network, NetworkPlan plan, ExportForm form)
    {
        const int Pixels = SampleSide * SampleSide;
        var image = new float[3 * Pixels];
        long[] shape = [1, 3, SampleSide, SampleSide];
        // The first time is no measure.
        Logits(network, plan, image, shape);
        var watch = Stopwatch.StartNew();
        Logits(network, plan, image, shape);
        double seconds = 2 * watch.Elapsed.TotalSeconds * form.Batch * plan.Height * plan.Width / Pixels;
        return seconds < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, seconds):0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} minutes");
    }

    private static string? Fault(
        DerivedNetwork network,
        NetworkPlan plan,
        InferenceSession session,
        ExportForm form,
        (int Batch, int Height, int Width) size,
        CancellationToken cancellation
    )
    {
        int count = size.Batch * 3 * size.Height * size.Width;
        long[] planes = [size.Batch, 3, size.Height, size.Width];
        NamedOnnxValue input;
        float[] image;
        if (form.Bytes is { } layout)
        {
            byte[] bytes = Random(count, (ref SplitMix64 random) => (byte)random.Next());
            int pixels = size.Height * size.Width;
            image = new float[count];
            // Where value i of the planes lies among the bytes.
            InBlocks(count, (first, end) =>
            {
                for (int i = first; i < end; i++)
                {
                    (int picture, int channel, int pixel) = (i / (3 * pixels), i / pixels % 3, i % pixels);
                    int at = layout == PictureLayout.Nhwc ? (((picture * pixels) + pixel) * 3) + channel : i;
                    image[i] = Normalization.Normalize(bytes[at], channel);
                }
            });
            int[] shape =
                layout == PictureLayout.Nhwc ? [size.Batch, size.Height, size.Width, 3] : [size.Batch, 3, size.Height, size.Width];
            input = NamedOnnxValue.CreateFromTensor(NetworkExporter.InputName, new DenseTensor<byte>(bytes, shape));
        }
        else
        {
            image = Random(count, (ref SplitMix64 random) => (float)random.NextGaussian());
            input = NamedOnnxValue.CreateFromTensor(
                NetworkExporter.InputName,
                new DenseTensor<float>(image, [size.Batch, 3, size.Height, size.Width])
            );
        }
        cancellation.ThrowIfCancellationRequested();
        float[] logits = Logits(network, plan, image, planes);
        double scale = Largest(logits);
        cancellation.ThrowIfCancellationRequested();
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

    /// <summary>Pseudo-random values, the same whatever number of cores draws them.</summary>
    private static T[] Random<T>(int count, Next<T> next)
    {
        var values = new T[count];
        InBlocks(count, (first, end) =>
        {
            var random = new SplitMix64(Seed + (ulong)first);
            for (int i = first; i < end; i++)
                values[i] = next(ref random);
        });
        return values;
    }

    /// <summary>Goes through places on all cores, from a first one to before an end.</summary>
    private static void InBlocks(int count, Action<int, int> block) =>
        Parallel.For(0, (int)((count + Block - 1L) / Block), i => block(i * Block, (int)Math.Min(count, (i + 1L) * Block)));

    private delegate T Next<T>(ref SplitMix64 random);

    /// <summary>The largest absolute value; NaN where one is none.</summary>
    private static double Largest(float[] values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }

    private static double Furthest(float[] torch, float[] other)
    {
        if (torch.Length != other.Length)
            return double.PositiveInfinity;
        double furthest = 0;
        for (int i = 0; i < torch.Length; i++)
        {
            if (!float.IsFinite(other[i]))
                return double.PositiveInfinity;
            furthest = Math.Max(furthest, Math.Abs((double)torch[i] - other[i]));
        }
        return furthest;
    }

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
