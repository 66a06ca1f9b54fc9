using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Trains a network on for some steps from its slices of the shared weights, before it is scored. Shared weights serve all networks and
/// none well, so that the networks of one latency differ little by them; a few steps of its own tell what a network can make of them.
/// Each network sees the same batches.
/// </summary>
public sealed class NetworkAdaptation : IDisposable
{
    // Apart from the seeds of the other phases.
    private const int Seed = 24;

    private readonly OneShotOptions phase;
    private readonly DataOptions data;
    private readonly Device device;
    private readonly BatchPlan plan;
    private readonly List<(Tensor Images, Tensor Labels)> kept = [];
    private long keptBytes;

    /// <summary>Above it batches are made anew for each network.</summary>
    internal long MostKeptBytes { get; init; } = 1L << 30;

    /// <summary>Loads nothing yet.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="images">Of which the weights' part is trained on.</param>
    /// <param name="device">Where torch computes.</param>
    public NetworkAdaptation(FasterSegOptions options, HeldOutImages images, Device device)
    {
        (phase, data, this.device) = (options.OneShot, options.Data, device);
        // One epoch without end: a longer run of steps begins with the batches of a shorter one.
        plan = BatchPlan.From(images.Weights, data, phase, options.Seed + Seed, phase.LabelDownSampling, int.MaxValue);
    }

    /// <summary>Trains a network, which is its own afterwards; the rate falls evenly to 0.</summary>
    /// <param name="network">With weights of its own that it starts from.</param>
    /// <param name="steps">For how long.</param>
    /// <param name="cancellation">Ends it at the next step.</param>
    public void Run(DerivedNetwork network, int steps, CancellationToken cancellation = default)
    {
        using var still = new StillCollector();
        using var descent = new ClippedDescent(network.parameters(), phase);
        using var source = steps > kept.Count ? new BatchSource(plan, data, new(0, kept.Count)) : null;
        network.train();
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            still.Renew();
            using IDisposable pass = NewDisposeScope();
            var (images, labels) = step < kept.Count ? kept[step] : Made(source!.Next(cancellation));
            network.zero_grad(set_to_none: true);
            Tensor logits = Bilinear.Resize(network.forward(images), labels.shape[1], labels.shape[2]);
            OhemCrossEntropy.For(phase, labels).Loss(logits, labels).backward();
            descent.Step(phase.AdaptationRate * (1 - ((double)step / steps)));
        }
    }

    /// <summary>A batch on the device, kept for the next network while there is room.</summary>
    private (Tensor Images, Tensor Labels) Made(Batch batch)
    {
        (Tensor Images, Tensor Labels) made = batch.ToTensors(device);
        keptBytes += Bytes(made.Images) + Bytes(made.Labels);
        if (keptBytes <= MostKeptBytes)
            kept.Add((made.Images.DetachFromDisposeScope(), made.Labels.DetachFromDisposeScope()));
        return made;
    }

    private static long Bytes(Tensor tensor) => tensor.numel() * tensor.ElementSize;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (images, labels) in kept)
        {
            images.Dispose();
            labels.Dispose();
        }
    }
}
