using FasterSeg.Latency.Networks;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>Evaluates the supernet on whole images at the argmax widths, not at a fresh sample.</summary>
public static class SupernetEvaluation
{
    /// <summary>Mean IoU of a role's heads on 8s+32s and on 16s+32s; null where no pixel of the images counts.</summary>
    /// <param name="model">The supernet; it is put into evaluation mode and back.</param>
    /// <param name="role">Whose heads.</param>
    /// <param name="samples">Images with labels.</param>
    /// <param name="count">How many of them, spread evenly.</param>
    /// <param name="downSampling">Images and labels are this much smaller, as they are in the search.</param>
    /// <param name="cancellation">Stops between two images.</param>
    public static (double? With8, double? With16) MeanIou(
        SearchModel model,
        Role role,
        ISampleSource samples,
        int count,
        int downSampling,
        CancellationToken cancellation = default
    )
    {
        var with8 = new ConfusionMatrix(model.Space.Classes);
        var with16 = new ConfusionMatrix(model.Space.Classes);
        using IDisposable noGradient = no_grad();
        using IDisposable outer = NewDisposeScope();
        RelaxedArchitecture architecture = model.Of(role).Relaxed();
        MapWidths widths = model.Of(role).ArgmaxWidths();
        model.Supernet.eval();
        using var still = new StillCollector();
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            still.Renew();
            using IDisposable scope = NewDisposeScope();
            Sample sample = samples.Load((int)((long)i * samples.Count / count)).Reduced(downSampling);
            ImagePadding padding = ImagePadding.ToMultiple(sample.Image.Height, sample.Image.Width);
            SupernetLogits logits = model.Supernet.forward(padding.ToTensor(sample.Image, model.Device), role, architecture, widths);
            with8.Add(padding.Crop(Prediction.Classes(Bilinear.Enlarge(logits.S8And32, 8))).Classes, sample.Label.Classes);
            with16.Add(padding.Crop(Prediction.Classes(Bilinear.Enlarge(logits.S16And32, 8))).Classes, sample.Label.Classes);
        }
        model.Supernet.train();
        return with8.Total == 0 ? (null, null) : (with8.MeanIou, with16.MeanIou);
    }
}
