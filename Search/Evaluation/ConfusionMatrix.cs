using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// Counts pixels by label and prediction, over a whole data set, and says how good the predictions are. Pixels whose label is
/// <see cref="LabelMap.Ignore"/> don't count, whatever was predicted there.
/// </summary>
/// <param name="classes">Number of classes.</param>
public sealed class ConfusionMatrix(int classes)
{
    private readonly long[] counts = new long[classes * classes];

    /// <summary>Number of classes.</summary>
    public int Classes { get; } = classes;

    /// <summary>Pixels of a label that were predicted as a class.</summary>
    public long this[int label, int prediction] => counts[label * Classes + prediction];

    /// <summary>Pixels counted.</summary>
    public long Total => counts.Sum();

    /// <summary>Counts pixels.</summary>
    /// <param name="predictions">A class for each pixel.</param>
    /// <param name="labels">A class, or <see cref="LabelMap.Ignore"/>, for each pixel.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is no class; nothing is counted then.</exception>
    public void Add(ReadOnlySpan<byte> predictions, ReadOnlySpan<byte> labels)
    {
        if (predictions.Length != labels.Length)
            throw new ArgumentException($"{predictions.Length} predictions for {labels.Length} labels.", nameof(predictions));
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == LabelMap.Ignore)
                continue;
            if (labels[i] >= Classes)
                throw new ArgumentException($"Label {labels[i]} at pixel {i} is none of {Classes} classes.", nameof(labels));
            if (predictions[i] >= Classes)
                throw new ArgumentException($"Prediction {predictions[i]} at pixel {i} is none of {Classes} classes.", nameof(predictions));
        }
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != LabelMap.Ignore)
                counts[labels[i] * Classes + predictions[i]]++;
        }
    }

    /// <summary>Adds another matrix's counts, as if its pixels had been counted here.</summary>
    /// <exception cref="ArgumentException">It has another number of classes.</exception>
    public void Merge(ConfusionMatrix other)
    {
        if (other.Classes != Classes)
            throw new ArgumentException($"A matrix of {other.Classes} classes cannot be added to one of {Classes}.", nameof(other));
        for (int i = 0; i < counts.Length; i++)
            counts[i] += other.counts[i];
    }

    /// <summary>
    /// Intersection over union of a class, 0 to 1: pixels that are both labelled and predicted so, over pixels that are either.
    /// NaN where the class is neither labelled nor predicted anywhere.
    /// </summary>
    public double Iou(int @class)
    {
        long labelled = 0,
            predicted = 0,
            both = this[@class, @class];
        for (int other = 0; other < Classes; other++)
        {
            labelled += this[@class, other];
            predicted += this[other, @class];
        }
        return labelled + predicted == 0 ? double.NaN : (double)both / (labelled + predicted - both);
    }

    /// <summary>
    /// Mean <see cref="Iou"/>, 0 to 1, over the classes that are labelled or predicted somewhere (the released code's
    /// convention: a class that is only predicted, wrongly, counts as 0). NaN where nothing was counted: it is neither good nor bad.
    /// </summary>
    public double MeanIou => Enumerable.Range(0, Classes).Select(Iou).Where(iou => !double.IsNaN(iou)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Share of the counted pixels that are predicted right, 0 to 1; NaN where nothing was counted.</summary>
    public double PixelAccuracy => Total == 0 ? double.NaN : (double)Enumerable.Range(0, Classes).Sum(c => this[c, c]) / Total;
}
