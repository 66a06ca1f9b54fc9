using FasterSeg.Search.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>
/// Cross-entropy over the hard pixels only (online hard example mining): those whose true class has a probability of at most
/// a threshold, and at least a minimum number of pixels.
/// </summary>
/// <param name="threshold">Largest probability of the true class that still counts as hard (0.7 in the paper).</param>
/// <param name="minimumKept">At least so many pixels of a batch count, the hardest ones.</param>
public sealed class OhemCrossEntropy(double threshold, int minimumKept)
{
    /// <summary>Labels of this value do not count.</summary>
    public const long Ignore = 255;

    /// <summary>What a phase asks for.</summary>
    /// <param name="phase">Threshold, and the share of the pixels that counts at least.</param>
    /// <param name="labels">[N, H, W].</param>
    public static OhemCrossEntropy For(PhaseOptions phase, Tensor labels) =>
        new(phase.HardThreshold, (int)(labels.numel() * phase.HardShare));

    /// <summary>Mean over the pixels that count; scalar.</summary>
    /// <param name="logits">[N, classes, H, W].</param>
    /// <param name="labels">[N, H, W], int64.</param>
    public Tensor Loss(Tensor logits, Tensor labels)
    {
        using Tensor hard = HardLabels(logits.detach(), labels);
        // A batch without a single label has no loss; the mean over no pixel would be NaN.
        if ((hard != Ignore).sum().ToInt64() == 0)
            return (logits * 0).sum();
        return nn.functional.cross_entropy(logits, hard, ignore_index: Ignore);
    }

    /// <summary>The labels with every easy pixel set to <see cref="Ignore"/>.</summary>
    private Tensor HardLabels(Tensor logits, Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor valid = labels != Ignore;
        long count = valid.sum().ToInt64();
        if (minimumKept > count)
            return labels.clone().MoveToOuterDisposeScope();

        Tensor index = labels.masked_fill(valid.logical_not(), 0).unsqueeze(1);
        Tensor probability = logits.softmax(1).gather(1, index).squeeze(1);
        double limit = threshold;
        if (minimumKept > 0)
        {
            // The k-th smallest over valid pixels: ignored ones rank as probability 1.
            Tensor ranked = probability.masked_fill(valid.logical_not(), 1).flatten();
            limit = Math.Max(limit, ranked.kthvalue(Math.Min(minimumKept, ranked.numel()), 0, false).values.ToDouble());
        }
        Tensor easy = probability > limit;
        return labels.masked_fill(easy, Ignore).MoveToOuterDisposeScope();
    }
}
