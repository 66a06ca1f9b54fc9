using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>Tries a network on some validation images from time to time while it is trained. It draws nothing at random and leaves the
/// network in training mode: the training is the same without it.</summary>
/// <param name="training">How often, and on how many images.</param>
/// <param name="samples">The validation images.</param>
/// <param name="mode">At which size it is tried: the deployed one.</param>
/// <param name="device">Where the network lives.</param>
internal sealed class ValidationRounds(TrainingOptions training, ISampleSource samples, EvaluationMode mode, Device device)
{
    /// <summary>Whether it is time after an epoch. The last epoch always counts.</summary>
    /// <param name="epoch">The epoch that has ended, from 0.</param>
    public bool IsDue(int epoch) => training.Validations > 0 && samples.Count > 0 && RoundsAfter(epoch + 1) > RoundsAfter(epoch);

    /// <summary>Mean IoU on the images, 0 to 1; NaN where no pixel counts.</summary>
    /// <param name="network">The network.</param>
    /// <param name="cancellation">Ends it at the next image.</param>
    /// <exception cref="OperationCanceledException">It ended so.</exception>
    /// <exception cref="UserErrorException">An image cannot be read.</exception>
    public double MeanIou(DerivedNetwork network, CancellationToken cancellation)
    {
        var confusion = new ConfusionMatrix(network.Architecture.Classes);
        network.eval();
        try
        {
            foreach (Sample sample in samples.Spread(training.ValidationImages == 0 ? samples.Count : training.ValidationImages))
            {
                cancellation.ThrowIfCancellationRequested();
                confusion.Add(ImagePrediction.Of(network, sample.Image, mode, device).Classes, mode.Seen(sample).Classes);
            }
        }
        finally
        {
            network.train();
        }
        return confusion.MeanIou;
    }

    /// <summary>What the network answers on the first image, beside image and label.</summary>
    /// <param name="network">The network.</param>
    /// <param name="classes">What the labels mean.</param>
    /// <exception cref="UserErrorException">The image cannot be read.</exception>
    public RgbImage Example(DerivedNetwork network, IReadOnlyList<SegmentationClass> classes)
    {
        network.eval();
        try
        {
            return ExamplePredictions.Of(network, samples, classes, mode, device).First().Picture;
        }
        finally
        {
            network.train();
        }
    }

    private long RoundsAfter(int epochs) => (long)Math.Min(training.Validations, training.Epochs) * epochs / training.Epochs;
}
