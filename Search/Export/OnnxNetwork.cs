using System.Globalization;
using FasterSeg.Latency;
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
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

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
    /// The classes of an image's pixels. An image that fits is padded to the network's size and the answer cropped; a larger one
    /// is shrunk to fit first, and the answer enlarged.
    /// </summary>
    public LabelMap Predict(RgbImage image)
    {
        double shrink = Math.Min(1, Math.Min((double)height / image.Height, (double)width / image.Width));
        RgbImage fitting =
            shrink == 1 ? image : image.Resize(Math.Max(1, (int)(image.Height * shrink)), Math.Max(1, (int)(image.Width * shrink)));
        ImagePadding padding = ImagePadding.To(fitting.Height, fitting.Width, height, width);
        var tensor = new DenseTensor<float>(padding.Normalize(fitting), [1, 3, height, width]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, tensor)]);
        LabelMap answer = padding.Crop(
            isClasses
                ? new LabelMap(outHeight, outWidth, [.. results[0].AsTensor<long>().Select(c => (byte)c)]).Resize(height, width).Classes
                : BilinearArgmax.Classes(results[0].AsTensor<float>().ToArray(), Classes, outHeight, outWidth, height, width)
        );
        return shrink == 1 ? answer : answer.Resize(image.Height, image.Width);
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
