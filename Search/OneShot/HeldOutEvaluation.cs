using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>How good networks are on held-out training images; the same pictures for each of them.</summary>
public sealed class HeldOutEvaluation : IDisposable
{
    // Apart from the seeds of the other phases.
    private const int CalibrationSeed = 22,
        ScoreSeed = 23;

    private readonly Device device;
    private readonly (Tensor Images, Tensor Labels)[] calibration,
        held;
    private readonly Lazy<NetworkAdaptation> adaptation;

    /// <summary>Loads the batches.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="images">Both parts of the training images.</param>
    /// <param name="device">Where torch computes.</param>
    public HeldOutEvaluation(FasterSegOptions options, HeldOutImages images, Device device)
    {
        (this.device, Options) = (device, options);
        OneShotOptions phase = options.OneShot;
        calibration = Batches(
            BatchPlan.From(images.Weights, options.Data, phase, options.Seed + CalibrationSeed, phase.LabelDownSampling),
            phase.CalibrationBatches
        );
        // As they are: a held-out picture is neither scaled nor mirrored.
        var plain = new DataOptions { Scales = "1", Mirror = false };
        held = Batches(
            BatchPlan.From(images.Scores, plain, phase, options.Seed + ScoreSeed, phase.LabelDownSampling),
            (images.Scores.Count + phase.Batch - 1) / phase.Batch
        );
        if (!Array.Exists(held, each => Pixels(each.Labels) > 0))
            throw new UserErrorException(
                $"None of the {Plural.Of(images.Scores.Count, "held-out image")} has a pixel that counts, so that no network can be "
                    + "scored: begin a new run with a larger oneShot:heldOut, or with another seed."
            );
        adaptation = new(() => new NetworkAdaptation(options, images, device));
    }

    /// <summary>The configuration that it evaluates by.</summary>
    public FasterSegOptions Options { get; }

    /// <summary>Ends the steps of a network's own before their end.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Trains a network on from its slices of the shared weights.</summary>
    /// <param name="network">With weights of its own.</param>
    /// <param name="steps">For how long.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop; the network is trained in part.</exception>
    public void Adapt(DerivedNetwork network, int steps) => adaptation.Value.Run(network, steps, Cancellation);

    /// <summary>Takes a network's batch norms anew from some training batches. A moving average that begins at 0 and is divided by the
    /// weights that it has had so far is the batches' own.</summary>
    public void Calibrate(DerivedNetwork network)
    {
        using IDisposable noGradient = no_grad();
        using var still = new StillCollector();
        SlimmableBatchNorm2d[] norms = [.. SlimmableBatchNorm2d.Of(network)];
        foreach (SlimmableBatchNorm2d norm in norms)
        {
            norm.RunningMean.zero_();
            norm.RunningVariance.zero_();
        }
        network.train();
        foreach (var (images, _) in calibration)
        {
            still.Renew();
            using Tensor logits = network.forward(images);
        }
        double weight = 1 - Math.Pow(1 - SlimmableBatchNorm2d.Momentum, calibration.Length);
        foreach (SlimmableBatchNorm2d norm in norms)
        {
            norm.RunningMean.div_(weight);
            norm.RunningVariance.div_(weight);
        }
    }

    /// <summary>Evaluates a network as it is.</summary>
    public NetworkScore Evaluate(DerivedNetwork network)
    {
        using IDisposable noGradient = no_grad();
        using var still = new StillCollector();
        network.eval();
        var confusion = new ConfusionMatrix(Options.Space.Classes);
        double sum = 0;
        long pixels = 0;
        foreach (var (images, labels) in held)
        {
            still.Renew();
            using IDisposable scope = NewDisposeScope();
            Tensor logits = Bilinear.Resize(network.forward(images), labels.shape[1], labels.shape[2]);
            sum += nn.functional.cross_entropy(logits, labels, ignore_index: LabelMap.Ignore, reduction: nn.Reduction.Sum).ToDouble();
            pixels += Pixels(labels);
            confusion.Add(Bytes(logits.argmax(1)), Bytes(labels));
        }
        double loss = sum / pixels;
        // What diverges is the worst there is. A loss that is no number would come first in every order.
        return double.IsFinite(loss) ? new(loss, confusion.MeanIou) : new(double.PositiveInfinity, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (adaptation.IsValueCreated)
            adaptation.Value.Dispose();
        foreach (var (images, labels) in calibration.Concat(held))
        {
            images.Dispose();
            labels.Dispose();
        }
    }

    private (Tensor, Tensor)[] Batches(BatchPlan plan, int count) =>
        [.. Enumerable.Range(0, count).Select(step => plan.Make(new(0, step)).ToTensors(device))];

    private static long Pixels(Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        return (labels != LabelMap.Ignore).sum().ToInt64();
    }

    private static byte[] Bytes(Tensor classes) => classes.to(ScalarType.Byte).cpu().data<byte>().ToArray();
}
