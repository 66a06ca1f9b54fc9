using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Evaluation;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Networks.Layers;
using FasterSeg.Search.Client.Reporting;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Training;

/// <summary>Evaluates a derived network on whole images of any size, one at a time.</summary>
public static class NetworkEvaluation
{
    /// <summary>Counts the network's answers on every image of a split.</summary>
    public static ConfusionMatrix Run(DerivedNetwork network, ISampleSource samples, Device device, IProgressReporter reporter, CancellationToken cancellation)
    {
        var confusion = new ConfusionMatrix(network.Architecture.Classes);
        for (int i = 0; i < samples.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Sample sample = samples.Load(i);
            confusion.Add(Predict(network, sample.Image, device).Classes, sample.Label.Classes);
            reporter.Report("evaluate", i + 1, samples.Count, latest: FormattableString.Invariant($"mIoU {100 * confusion.MeanIou:F2} %"));
        }
        return confusion;
    }

    /// <summary>The classes of an image's pixels; the image is padded to a multiple of 32 and the answer cropped back.</summary>
    public static LabelMap Predict(DerivedNetwork network, RgbImage image, Device device)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ImagePadding padding = ImagePadding.ToMultiple(image.Height, image.Width);
        Tensor logits = network.forward(padding.ToTensor(image, device));
        return padding.Crop(Prediction.Classes(Bilinear.Enlarge(logits, 8)));
    }
}
