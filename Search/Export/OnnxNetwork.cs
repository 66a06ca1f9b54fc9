using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FasterSeg.Search.Export;

/// <summary>An exported network in ONNX Runtime: one image of one size in; logits or classes, at 1/8 or at full size, out.</summary>
public sealed class OnnxNetwork : IDisposable
{
    private readonly InferenceSession session;
    private readonly string input;
    private readonly int height,
        width,
        outHeight,
        outWidth;
    private readonly bool isClasses;

    private OnnxNetwork(string path)
    {
        session = QuietSession.Open(path);
        (string name, NodeMetadata image) = session.InputMetadata.Single();
        NodeMetadata output = session.OutputMetadata.Single().Value;
        isClasses = output.Dimensions.Length == 3 && output.ElementType == typeof(long);
        string? count = session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(ClassOutput.CountKey);
        int[] dimensions =
            isClasses && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int classes)
                ? [output.Dimensions[0], classes, .. output.Dimensions[1..]]
                : output.Dimensions;
        if (image.Dimensions is not [1, 3, > 0, > 0] || dimensions is not [1, > 1 and < LabelMap.Ignore, > 0, > 0])
            throw new UserErrorException(
                $"{path} is not a network of this program: its input must be 1x3xHxW and its output 1xCxHxW, or 1xHxW of "
                    + "classes. Export one with 'fasterseg export'."
            );
        (input, height, width) = (name, image.Dimensions[2], image.Dimensions[3]);
        (Classes, outHeight, outWidth) = (dimensions[1], dimensions[2], dimensions[3]);
        string? fit = session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(NetworkExporter.FitKey);
        Fit = Enum.GetValues<ImageFit>().Where(each => each.Word() == fit).DefaultIfEmpty(ImageFit.Own).First();
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>How an image is brought to the network's size; <see cref="ImageFit.Own"/> where the file does not say.</summary>
    public ImageFit Fit { get; }

    /// <summary>Loads a file.</summary>
    /// <exception cref="UserErrorException">It is missing, no ONNX network or not one of ours.</exception>
    public static OnnxNetwork Load(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path}: name a network that 'fasterseg export' wrote.");
        FileKind.RequireOnnx(UserFile.Start(path, FileKind.Start), path);
        try
        {
            return new OnnxNetwork(path);
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidOperationException)
        {
            throw new UserErrorException(
                $"{path} cannot be read as an ONNX network ({e.Message.Split('\n')[0]}): it may be truncated; export it again.",
                e
            );
        }
    }

    /// <summary>
    /// The class of each pixel of an image, at the image's own size: it is brought to the network's size, and the logits are looked up
    /// where its pixels lie. Pixels that are cut off (<see cref="ImageFit.Crop"/>) get <see cref="LabelMap.Ignore"/>.
    /// </summary>
    public LabelMap Predict(RgbImage image)
    {
        FittedImage fitted = FittedImage.Of(image.Height, image.Width, height, width, Fit);
        var tensor = new DenseTensor<float>(fitted.Padding.Normalize(fitted.Take(image)), [1, 3, height, width]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, tensor)]);
        byte[] classes = isClasses
            ? Nearest(new LabelMap(outHeight, outWidth, [.. results[0].AsTensor<long>().Select(c => (byte)c)]), fitted)
            : BilinearArgmax.Classes(
                results[0].AsTensor<float>().ToArray(),
                Classes,
                outHeight,
                outWidth,
                fitted.Rows.Places(outHeight, height),
                fitted.Columns.Places(outWidth, width)
            );
        return fitted.Seen(new LabelMap(image.Height, image.Width, classes));
    }

    /// <summary>Of classes there is nothing in between: each pixel has those of the part of the input that it lies in.</summary>
    private byte[] Nearest(LabelMap map, FittedImage fitted)
    {
        int[] rows = Array.ConvertAll(fitted.Rows.Places(height, height), place => (int)Math.Round(place) * outHeight / height),
            columns = Array.ConvertAll(fitted.Columns.Places(width, width), place => (int)Math.Round(place) * outWidth / width);
        return [.. rows.SelectMany(row => columns.Select(column => map[row, column]))];
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
