using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
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

    /// <summary>How an image is brought to the network's size; <see cref="ImageFit.Own"/> where the file does not say.</summary>
    public ImageFit Fit => input.Fit;

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
    /// The class of each pixel of an image, at the image's own size: it is brought to the network's size, and the logits are looked up
    /// where its pixels lie. Pixels that are cut off (<see cref="ImageFit.Crop"/>) get <see cref="LabelMap.Ignore"/>.
    /// </summary>
    public LabelMap Predict(RgbImage image)
    {
        bool isOpen = height == 0;
        (int rows, int columns) = isOpen ? (OpenSide(image.Height), OpenSide(image.Width)) : (height, width);
        // An open input takes the picture at its own size.
        FittedImage fitted = FittedImage.Of(image.Height, image.Width, rows, columns, isOpen ? ImageFit.Own : Fit);
        // A file of a larger batch gets the picture and nothing else.
        using var results = session.Run([Input(fitted.Take(image), fitted.Padding, Math.Max(1, batch))]);
        return fitted.Seen(new LabelMap(image.Height, image.Width, Answer(results[0], fitted)));
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

    /// <summary>The first picture's classes, at its own size.</summary>
    private byte[] Answer(NamedOnnxValue result, FittedImage fitted)
    {
        if (isClasses)
        {
            Tensor<long> classes = result.AsTensor<long>();
            (int outRows, int outColumns) = (classes.Dimensions[1], classes.Dimensions[2]);
            return Nearest(new LabelMap(outRows, outColumns, [.. classes.Take(outRows * outColumns).Select(c => (byte)c)]), fitted);
        }
        Tensor<float> logits = result.AsTensor<float>();
        return BilinearArgmax.Classes(
            logits.ToArray(),
            Classes,
            logits.Dimensions[2],
            logits.Dimensions[3],
            fitted.Rows.Places(logits.Dimensions[2], fitted.Rows.Input),
            fitted.Columns.Places(logits.Dimensions[3], fitted.Columns.Input)
        );
    }

    /// <summary>Of classes there is nothing in between: each pixel has those of the part of the input that it lies in.</summary>
    private static byte[] Nearest(LabelMap map, FittedImage fitted)
    {
        int[] rows = Nearest(map.Height, fitted.Rows),
            columns = Nearest(map.Width, fitted.Columns);
        return [.. rows.SelectMany(row => columns.Select(column => map[row, column]))];
    }

    private static int[] Nearest(int length, FittedSide side) =>
        Array.ConvertAll(side.Places(side.Input, side.Input), place => (int)Math.Round(place) * length / side.Input);

    private static int OpenSide(int side) => Math.Max(LeastOpenSide, ImagePadding.ToMultiple(side, side).PaddedHeight);

    /// <summary>A shape as [N, C, H, W]; none where it has another rank.</summary>
    private static int[] Planes(int[] shape, PictureLayout layout) =>
        shape is not [int pictures, int second, int third, int last] ? []
        : layout == PictureLayout.Nhwc ? [pictures, last, second, third]
        : shape;

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
