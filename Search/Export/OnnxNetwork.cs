using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FasterSeg.Search.Export;

/// <summary>An exported network in ONNX Runtime: a picture in; logits or classes, at 1/8 or at full size, out. Its metadata say how; a file
/// without them is taken as older versions wrote it.</summary>
public sealed class OnnxNetwork : IDisposable
{
    // Below it a zoomed cell would halve a map of one row.
    private const int LeastOpenSide = 2 * SearchSpace.SideMultiple;

    private readonly InferenceSession session;
    private readonly string name;
    private readonly NetworkInput input;

    // 0 where the file leaves it open.
    private readonly int batch,
        height,
        width;
    private readonly bool isClasses;

    private OnnxNetwork(string path)
    {
        session = QuietSession.Open(path);
        IReadOnlyDictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        bool isDescribed = metadata.ContainsKey(MetadataKeys.Format);
        input = isDescribed ? NetworkInput.Read(metadata, path) : NetworkInput.Plain;
        (name, NodeMetadata image) = session.InputMetadata.Single();
        NodeMetadata output = session.OutputMetadata.Single().Value;
        isClasses = output.Dimensions.Length == 3 && output.ElementType == typeof(long);
        int[] shape = Planes(image.Dimensions, input.Layout);
        int classes =
            !isClasses ? output.Dimensions.ElementAtOrDefault(1)
            : int.TryParse(metadata.GetValueOrDefault(ClassOutput.CountKey), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? count
            : 0;
        bool isKnown =
            shape is [not 0, 3, not 0, not 0]
            && (isDescribed || !shape.Contains(-1))
            && image.ElementType == (input.IsBytes ? typeof(byte) : typeof(float))
            && (isClasses || output.Dimensions.Length == 4)
            && classes is > 1 and < LabelMap.Ignore;
        if (!isKnown)
            throw new UserErrorException(
                $"{path} is not a network of this program: its input must be 1x3xHxW and its output 1xCxHxW, or 1xHxW of "
                    + "classes. Export one with 'fasterseg export'."
            );
        (batch, height, width, Classes) = (Math.Max(0, shape[0]), Math.Max(0, shape[2]), Math.Max(0, shape[3]), classes);
        if (metadata.TryGetValue(MetadataKeys.Classes, out string? list))
        {
            ClassList = ClassList.Read(list, $"{MetadataKeys.Classes} in the metadata of {path}");
            if (ClassList.Classes.Count != Classes)
                throw new UserErrorException(
                    FormattableString.Invariant($"{path} has {Classes} classes and names {ClassList.Classes.Count}: export it again.")
                );
        }
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>The classes by name, colour and label value; null where the file does not say.</summary>
    public ClassList? ClassList { get; }

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
        (int rows, int columns) = height > 0 ? (height, width) : (OpenSide(image.Height), OpenSide(image.Width));
        double shrink = Math.Min(1, Math.Min((double)rows / image.Height, (double)columns / image.Width));
        RgbImage fitting =
            shrink == 1 ? image : image.Resize(Math.Max(1, (int)(image.Height * shrink)), Math.Max(1, (int)(image.Width * shrink)));
        ImagePadding padding = ImagePadding.To(fitting.Height, fitting.Width, rows, columns);
        // A file of a larger batch gets the picture and nothing else.
        using var results = session.Run([Input(fitting, padding, Math.Max(1, batch))]);
        LabelMap answer = padding.Crop(Answer(results[0], rows, columns));
        return shrink == 1 ? answer : answer.Resize(image.Height, image.Width);
    }

    private NamedOnnxValue Input(RgbImage image, ImagePadding padding, int pictures)
    {
        int[] shape =
            input.Layout == PictureLayout.Nhwc
                ? [pictures, padding.PaddedHeight, padding.PaddedWidth, 3]
                : [pictures, 3, padding.PaddedHeight, padding.PaddedWidth];
        return input.IsBytes
            ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(input.Fill(image, padding, pictures, x => (byte)x), shape))
            : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(input.Fill(image, padding, pictures, x => (float)x), shape));
    }

    /// <summary>The first picture's classes, at the input's size.</summary>
    private byte[] Answer(NamedOnnxValue result, int rows, int columns)
    {
        if (isClasses)
        {
            Tensor<long> classes = result.AsTensor<long>();
            (int outRows, int outColumns) = (classes.Dimensions[1], classes.Dimensions[2]);
            var small = new LabelMap(outRows, outColumns, [.. classes.Take(outRows * outColumns).Select(c => (byte)c)]);
            return small.Resize(rows, columns).Classes;
        }
        Tensor<float> logits = result.AsTensor<float>();
        return BilinearArgmax.Classes(logits.ToArray(), Classes, logits.Dimensions[2], logits.Dimensions[3], rows, columns);
    }

    private static int OpenSide(int side) => Math.Max(LeastOpenSide, ImagePadding.ToMultiple(side, side).PaddedHeight);

    /// <summary>A shape as [N, C, H, W]; none where it has another rank.</summary>
    private static int[] Planes(int[] shape, PictureLayout layout) =>
        shape is not [int pictures, int second, int third, int last] ? []
        : layout == PictureLayout.Nhwc ? [pictures, last, second, third]
        : shape;

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
