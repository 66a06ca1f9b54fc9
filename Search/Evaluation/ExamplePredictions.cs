using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>Pictures of what a network answers on a few images: image, label and prediction side by side.</summary>
public static class ExamplePredictions
{
    /// <summary>How many are shown.</summary>
    public const int Count = 3;

    // Columns of one of the three panels: three fit a screen.
    private const int WidestPanel = 512;

    /// <summary>Answers on images that lie evenly among the samples, the first one included.</summary>
    /// <param name="network">The network, in evaluation mode.</param>
    /// <param name="samples">Images with labels.</param>
    /// <param name="classes">What the labels mean.</param>
    /// <param name="mode">How the network looks at them.</param>
    /// <param name="device">Where the network lives.</param>
    /// <returns>The samples' names with their pictures.</returns>
    /// <exception cref="Latency.UserErrorException">An image cannot be read.</exception>
    public static IEnumerable<(string Name, RgbImage Picture)> Of(
        DerivedNetwork network,
        ISampleSource samples,
        IReadOnlyList<SegmentationClass> classes,
        EvaluationMode mode,
        Device device
    )
    {
        foreach (Sample sample in samples.Spread(Count))
        {
            LabelMap prediction = ImagePrediction.Of(network, sample.Image, mode, device);
            int width = Math.Min(WidestPanel, sample.Image.Width),
                height = Math.Max(1, sample.Image.Height * width / sample.Image.Width);
            yield return (
                sample.Name,
                Overlay.SideBySide(
                    sample.Image.Resize(height, width),
                    sample.Label.Resize(height, width),
                    prediction.Resize(height, width),
                    classes
                )
            );
        }
    }
}
