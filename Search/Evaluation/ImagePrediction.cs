using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// The classes of an image of any size, each pixel's. Memory is that of one window's maps and of some times the classes' probabilities at
/// the image's size, however many scales and windows there are.
/// </summary>
public static class ImagePrediction
{
    private const int Columns = 3;

    /// <summary>
    /// Looks at the image as a mode says; where that takes several passes, their probabilities are averaged. What the mode cuts off is
    /// <see cref="LabelMap.Ignore"/>.
    /// </summary>
    /// <param name="network">The network, in evaluation mode.</param>
    /// <param name="image">The image.</param>
    /// <param name="mode">How to look.</param>
    /// <param name="device">Where the network lives.</param>
    public static LabelMap Of(DerivedNetwork network, RgbImage image, EvaluationMode mode, Device device)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        FittedImage fitted = mode.Fitted(image.Height, image.Width);
        RgbImage seen = fitted.Take(image);
        if (mode.IsPlain)
        {
            ImagePadding padding = fitted.Padding;
            return Classes(network.forward(padding.ToTensor(seen, device)), padding.PaddedHeight, padding.PaddedWidth);
        }
        Tensor sum = zeros(1, network.Architecture.Classes, seen.Height, seen.Width, device: device);
        foreach (double scale in mode.Scales)
        {
            using IDisposable inner = NewDisposeScope();
            RgbImage sized = seen.Resize(
                Math.Max(1, (int)Math.Round(seen.Height * scale)),
                Math.Max(1, (int)Math.Round(seen.Width * scale))
            );
            sum.add_(Bilinear.Resize(Probabilities(network, sized, mode, device), seen.Height, seen.Width));
        }
        return Classes(sum, seen.Height, seen.Width);

        LabelMap Classes(Tensor map, int height, int width) =>
            fitted.Seen(new(image.Height, image.Width, Prediction.Classes(fitted.ToPicture(map, height, width))));
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
