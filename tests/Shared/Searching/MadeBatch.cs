using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Tests;

/// <summary>A batch of random pixels and classes, and networks to see it, the same in every process.</summary>
internal static class MadeBatch
{
    /// <summary>Images of a batch: four replicas get two each.</summary>
    public const int Images = 8;

    private const int Seed = 11;

    /// <summary>Every pixel counts, and each has a class: a slice's mean is as good as any other slice's.</summary>
    public static FasterSegOptions Options()
    {
        FasterSegOptions options = TinySearch.Options();
        (options.Training.Batch, options.Training.HardThreshold, options.Training.HardShare) = (Images, 1, 0);
        return options;
    }

    /// <summary>Images of 32x64.</summary>
    public static Batch Of(TrainingOptions training, int classes)
    {
        var random = new Random(Seed);
        int pixels = training.CropHeight * training.CropWidth;
        return new(
            new(0, 0),
            [.. Enumerable.Range(0, training.Batch).Select(i => $"image {i}")],
            [.. Enumerable.Range(0, training.Batch * 3 * pixels).Select(_ => (float)((2 * random.NextDouble()) - 1))],
            [training.Batch, 3, training.CropHeight, training.CropWidth],
            [.. Enumerable.Range(0, training.Batch * pixels).Select(_ => (byte)random.Next(classes))],
            [training.Batch, training.CropHeight, training.CropWidth]
        );
    }

    /// <summary>A part of a batch.</summary>
    public static Batch Slice(this Batch batch, int part, int parts)
    {
        int images = batch.Images.Length / parts,
            labels = batch.Labels.Length / parts;
        long count = batch.ImageShape[0] / parts;
        return batch with
        {
            Images = [.. batch.Images.Skip(part * images).Take(images)],
            ImageShape = [count, .. batch.ImageShape.Skip(1)],
            Labels = [.. batch.Labels.Skip(part * labels).Take(labels)],
            LabelShape = [count, .. batch.LabelShape.Skip(1)],
        };
    }

    /// <summary>A network with weights that a seed gives.</summary>
    /// <param name="options">Its space.</param>
    /// <param name="role">Teacher or student.</param>
    public static DerivedNetwork Network(FasterSegOptions options, Role role)
    {
        manual_seed(Seed + (int)role);
        return new DerivedNetwork(RandomArchitectures.Draw(options.Space.ToSpace(), role, 1), auxiliary: true);
    }
}
