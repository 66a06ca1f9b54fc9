using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// The classes of an image of any size. Memory is that of one window's maps and of three times the classes' probabilities at the image's
/// size, however many scales and windows there are.
/// </summary>
public static class ImagePrediction
{
    private const int Columns = 3;

    /// <summary>Looks at the image as a mode says; where that takes several passes, their probabilities are averaged.</summary>
    /// <param name="network">The network, in evaluation mode.</param>
    /// <param name="image">The image.</param>
    /// <param name="mode">How to look.</param>
    /// <param name="device">Where the network lives.</param>
    public static LabelMap Of(DerivedNetwork network, RgbImage image, EvaluationMode mode, Device device)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        if (mode.IsPlain)
        {
            ImagePadding padding = ImagePadding.ToMultiple(image.Height, image.Width);
            return padding.Crop(Prediction.Classes(Bilinear.Enlarge(network.forward(padding.ToTensor(image, device)), 8)));
        }
        Tensor sum = zeros(1, network.Architecture.Classes, image.Height, image.Width, device: device);
        foreach (double scale in mode.Scales)
        {
            using IDisposable inner = NewDisposeScope();
            RgbImage sized = image.Resize(
                Math.Max(1, (int)Math.Round(image.Height * scale)),
                Math.Max(1, (int)Math.Round(image.Width * scale))
            );
            sum.add_(Bilinear.Resize(Probabilities(network, sized, mode, device), image.Height, image.Width));
        }
        return new(image.Height, image.Width, Prediction.Classes(sum));
    }

    /// <summary>[1, classes, H, W] of an image at one scale: the mean over windows and mirror.</summary>
    private static Tensor Probabilities(DerivedNetwork network, RgbImage image, EvaluationMode mode, Device device)
    {
        bool whole = mode.WindowHeight == 0;
        ImagePadding padding = ImagePadding.ToMultiple(
            Math.Max(image.Height, mode.WindowHeight),
            Math.Max(image.Width, mode.WindowWidth)
        ) with
        {
            Height = image.Height,
            Width = image.Width,
        };
        int height = whole ? padding.PaddedHeight : mode.WindowHeight,
            width = whole ? padding.PaddedWidth : mode.WindowWidth;
        Tensor input = padding.ToTensor(image, device);
        Tensor sum = zeros(1, network.Architecture.Classes, padding.PaddedHeight, padding.PaddedWidth, device: device);
        Tensor count = zeros(1, 1, padding.PaddedHeight, padding.PaddedWidth, device: device);
        foreach (int top in EvaluationMode.Starts(padding.PaddedHeight, height))
        {
            foreach (int left in EvaluationMode.Starts(padding.PaddedWidth, width))
            {
                using IDisposable scope = NewDisposeScope();
                Tensor window = Window(input);
                Window(sum).add_(Pass(network, window));
                if (mode.Mirror)
                    Window(sum).add_(Pass(network, window.flip(Columns)).flip(Columns));
                Window(count).add_(mode.Mirror ? 2 : 1);

                Tensor Window(Tensor map) => map.narrow(2, top, height).narrow(3, left, width);
            }
        }
        return sum.div_(count).narrow(2, 0, image.Height).narrow(3, 0, image.Width);
    }

    private static Tensor Pass(DerivedNetwork network, Tensor window) => Bilinear.Enlarge(network.forward(window), 8).softmax(1);
}
