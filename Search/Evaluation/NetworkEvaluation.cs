using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// Evaluates a derived network on images of any size, one at a time. Answers are counted at the size of the labels, as Cityscapes'
/// benchmark does, so that evaluations at different input sizes are of the same pixels.
/// </summary>
public static class NetworkEvaluation
{
    /// <summary>Counts the network's answers on every image of a split; pixels that the mode cuts off do not count.</summary>
    public static ConfusionMatrix Run(
        DerivedNetwork network,
        ISampleSource samples,
        EvaluationMode mode,
        Device device,
        IProgressReporter reporter,
        CancellationToken cancellation
    )
    {
        using var still = new StillCollector();
        var confusion = new ConfusionMatrix(network.Architecture.Classes);
        for (int i = 0; i < samples.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            still.Renew();
            Sample sample = samples.Load(i);
            confusion.Add(ImagePrediction.Of(network, sample.Image, mode, device).Classes, mode.Seen(sample).Classes);
            reporter.Report(
                "evaluate",
                i + 1,
                samples.Count,
                latest: FormattableString.Invariant($"mIoU {(confusion.Total == 0 ? "-" : $"{100 * confusion.MeanIou:F2} %")}")
            );
        }
        return confusion;
    }
}
