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
    private readonly (Tensor Images, Tensor Labels)[] batches;

    /// <summary>Loads the batches.</summary>
    /// <param name="options">The configuration: <c>oneShot:adaptationSteps</c> batches.</param>
    /// <param name="images">Of which the weights' part is trained on.</param>
    /// <param name="device">Where torch computes.</param>
    public NetworkAdaptation(FasterSegOptions options, HeldOutImages images, Device device)
    {
        phase = options.OneShot;
        BatchPlan plan = BatchPlan.From(
            images.Weights,
            options.Data,
            phase,
            options.Seed + Seed,
            phase.LabelDownSampling,
            phase.AdaptationSteps
        );
        batches = [.. Enumerable.Range(0, phase.AdaptationSteps).Select(step => plan.Make(new(0, step)).ToTensors(device))];
    }

    /// <summary>Trains a network, which is its own afterwards; the rate falls evenly to 0.</summary>
    /// <param name="network">With weights of its own that it starts from.</param>
    public void Run(DerivedNetwork network)
    {
        using var still = new StillCollector();
        using var descent = new ClippedDescent(network.parameters(), phase);
        network.train();
        for (int step = 0; step < batches.Length; step++)
        {
            still.Renew();
            var (images, labels) = batches[step];
            using IDisposable pass = NewDisposeScope();
            network.zero_grad(set_to_none: true);
            Tensor logits = Bilinear.Resize(network.forward(images), labels.shape[1], labels.shape[2]);
            OhemCrossEntropy.For(phase, labels).Loss(logits, labels).backward();
            descent.Step(phase.AdaptationRate * (1 - ((double)step / batches.Length)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (images, labels) in batches)
        {
            images.Dispose();
            labels.Dispose();
        }
    }
}
