using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FasterSeg.Search.Export;

/// <summary>An exported network in ONNX Runtime: a picture in; logits or classes, at 1/8 or at full size, out. Its metadata say how; a file
/// without them is taken as older versions wrote it.</summary>
public sealed class OnnxNetwork : IDisposable
{
    private readonly InferenceSession session;
    private readonly string path,
        name;
    private readonly NetworkDescription says;

    // 0 where the file leaves it open.
    private readonly int batch,
        height,
        width;
    private readonly bool isClasses;

    private OnnxNetwork(string path)
    {
        this.path = path;
        session = QuietSession.Open(path);
        says = NetworkDescription.Read(session.ModelMetadata.CustomMetadataMap, path);
        (name, NodeMetadata image) = session.InputMetadata.Single();
        NodeMetadata output = session.OutputMetadata.Single().Value;
        isClasses = output.Dimensions.Length == 3 && output.ElementType == typeof(long);
        int[] shape = Planes(image.Dimensions, says.Input.Layout);
        int classes = isClasses ? says.ClassCounts.Select(each => each.Count).FirstOrDefault() : output.Dimensions.ElementAtOrDefault(1);
        bool isKnown =
            shape is [not 0, 3, not 0, not 0]
            && (says.IsDescribed || !shape.Contains(-1))
            && shape.Aggregate(1.0, (product, side) => product * Math.Abs(side)) <= Array.MaxLength
            && image.ElementType == (says.Input.IsBytes ? typeof(byte) : typeof(float))
            && (isClasses || output.Dimensions.Length == 4)
            && classes is > 1 and < LabelMap.Ignore;
        if (!isKnown)
            throw new UserErrorException(
                $"{path} is not a network of this program: its input must be 1x3xHxW and its output 1xCxHxW, or 1xHxW of "
                    + "classes. Export one with 'fasterseg export'."
            );
        (batch, height, width, Classes) = (Math.Max(0, shape[0]), Math.Max(0, shape[2]), Math.Max(0, shape[3]), classes);
        // What the network was trained to see; an older run's trained on pictures at their own size.
        Size =
            !IsOpen ? (height, width)
            : Fit == ImageFit.Own ? null
            : says.Size;
        RequireAgreement(output.Dimensions);
    }

    /// <summary>What the file says of its output must be what its output is.</summary>
    private void RequireAgreement(int[] output)
    {
        foreach ((string key, int count) in says.ClassCounts)
        {
            if (count != Classes)
                throw new UserErrorException(
                    key == MetadataKeys.Classes
                        ? FormattableString.Invariant($"{path} has {Classes} classes and names {count}: export it again.")
                        : FormattableString.Invariant(
                            $"{path} has {Classes} classes, and by {key} in its metadata {count}: export it again."
                        )
                );
        }
        if (says.IsClasses is { } said && said != isClasses)
            throw new UserErrorException(
                $"{path} ends in {(isClasses ? ClassOutput.Name : NetworkExporter.OutputName)}, and in its metadata "
                    + $"{MetadataKeys.Output} says otherwise: export it again."
            );
        if (height > 0 && output[^2] > 0 && output[^1] > 0)
            RequireStride((height, width), (output[^2], output[^1]));
    }

    private void RequireStride((int Rows, int Columns) taken, (int Rows, int Columns) given)
    {
        if (says.Stride is { } stride && taken != (given.Rows * stride, given.Columns * stride))
            throw new UserErrorException(
                FormattableString.Invariant($"{path} answers to {taken.Rows}x{taken.Columns} with {given.Rows}x{given.Columns}, and in ")
                    + FormattableString.Invariant($"its metadata {MetadataKeys.Stride} says {stride}: export it again.")
            );
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>How an image is brought to the network's size; <see cref="ImageFit.Own"/> where the file does not say.</summary>
    public ImageFit Fit => says.Input.Fit;

    /// <summary>The classes by name, colour and label value; null where the file does not say.</summary>
    public ClassList? ClassList => says.Classes;

    /// <summary>Whether rows and columns are left to whoever runs it.</summary>
    public bool IsOpen => height == 0 || width == 0;

    /// <summary>Rows and columns that every picture is brought to; null where each is looked at in its own, filled up to multiples of
    /// 32.</summary>
    public (int Height, int Width)? Size { get; private set; }

    /// <summary>Chooses the size for pictures of a file that leaves it open.</summary>
    /// <param name="size">Rows and columns, multiples of 32; null leaves each picture at its own.</param>
    /// <exception cref="UsageException">The file's size is fixed, or this one is too small.</exception>
    public void ChooseSize((int Height, int Width)? size)
    {
        if (!IsOpen)
            throw new UsageException(
                FormattableString.Invariant($"{path} takes {height}x{width} and nothing else: leave --size out, or export it with ")
                    + "--dynamic size."
            );
        if (size is { } asked && Math.Min(asked.Height, asked.Width) < ExportForm.LeastOpenSide)
            throw new UsageException(
                FormattableString.Invariant($"--size {asked.Height}x{asked.Width} is too small for {path}: ")
                    + FormattableString.Invariant($"use sides from {ExportForm.LeastOpenSide} on.")
            );
        Size = size;
    }

    /// <summary>Loads a file.</summary>
    /// <exception cref="UserErrorException">It is missing, no ONNX network or not one of ours.</exception>
    public static OnnxNetwork Load(string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"There is no file {path}: name a network that 'fasterseg export' wrote.");
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
        FittedImage fitted = Size is { } size
            ? FittedImage.Of(image.Height, image.Width, size.Height, size.Width, Fit)
            : FittedImage.Of(image.Height, image.Width, OpenSide(image.Height), OpenSide(image.Width), ImageFit.Own);
        // A file of a larger batch gets the picture and nothing else.
        using var results = Run(Input(fitted.Take(image), fitted.Padding, Math.Max(1, batch)), fitted.Padding);
        return fitted.Seen(new LabelMap(image.Height, image.Width, Answer(results[0], fitted)));
    }

    private IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(NamedOnnxValue picture, ImagePadding size)
    {
        try
        {
            return session.Run([picture]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new UserErrorException(
                FormattableString.Invariant($"{path} cannot be run on a picture of {size.PaddedHeight}x{size.PaddedWidth}: ")
                    + $"{e.Message.Split('\n')[0].TrimEnd('.')}.",
                e
            );
        }
    }

    private NamedOnnxValue Input(RgbImage image, ImagePadding padding, int pictures)
    {
        int[] shape =
            says.Input.Layout == PictureLayout.Nhwc
                ? [pictures, padding.PaddedHeight, padding.PaddedWidth, 3]
                : [pictures, 3, padding.PaddedHeight, padding.PaddedWidth];
        return says.Input.IsBytes
            ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(says.Input.Fill(image, padding, pictures, x => (byte)x), shape))
            : NamedOnnxValue.CreateFromTensor(
                name,
                new DenseTensor<float>(says.Input.Fill(image, padding, pictures, x => (float)x), shape)
            );
    }

    /// <summary>The first picture's classes, at its own size.</summary>
    private byte[] Answer(NamedOnnxValue result, FittedImage fitted)
    {
        if (isClasses)
        {
            Tensor<long> classes = result.AsTensor<long>();
            (int Rows, int Columns) map = (classes.Dimensions[1], classes.Dimensions[2]);
            RequireStride((fitted.Rows.Input, fitted.Columns.Input), map);
            return Nearest(new LabelMap(map.Rows, map.Columns, [.. classes.Take(map.Rows * map.Columns).Select(Known)]), fitted);
        }
        Tensor<float> logits = result.AsTensor<float>();
        RequireStride((fitted.Rows.Input, fitted.Columns.Input), (logits.Dimensions[2], logits.Dimensions[3]));
        float[] values = logits.ToArray();
        if (!Array.TrueForAll(values, float.IsFinite))
            throw new UserErrorException(
                $"The answer of {path} to an image is not numbers, so its weights are spoiled: train the network again, and export it."
            );
        return BilinearArgmax.Classes(
            values,
            Classes,
            logits.Dimensions[2],
            logits.Dimensions[3],
            fitted.Rows.Places(logits.Dimensions[2], fitted.Rows.Input),
            fitted.Columns.Places(logits.Dimensions[3], fitted.Columns.Input)
        );
    }

    /// <summary>A graph that ends in classes does not tell how many there are, and its metadata may be of another one.</summary>
    private byte Known(long answer) =>
        answer >= 0 && answer < Classes
            ? (byte)answer
            : throw new UserErrorException(
                FormattableString.Invariant($"{path} answers with class {answer}, and by its metadata it has {Classes}, 0 to ")
                    + FormattableString.Invariant($"{Classes - 1}: export it again.")
            );

    /// <summary>Of classes there is nothing in between: each pixel has those of the part of the input that it lies in.</summary>
    private static byte[] Nearest(LabelMap map, FittedImage fitted)
    {
        int[] rows = Nearest(map.Height, fitted.Rows),
            columns = Nearest(map.Width, fitted.Columns);
        return [.. rows.SelectMany(row => columns.Select(column => map[row, column]))];
    }

    private static int[] Nearest(int length, FittedSide side) =>
        Array.ConvertAll(side.Places(side.Input, side.Input), place => (int)Math.Round(place) * length / side.Input);

    private static int OpenSide(int side) => Math.Max(ExportForm.LeastOpenSide, ImagePadding.ToMultiple(side, side).PaddedHeight);

    /// <summary>A shape as [N, C, H, W]; none where it has another rank.</summary>
    private static int[] Planes(int[] shape, PictureLayout layout) =>
        shape is not [int pictures, int second, int third, int last] ? []
        : layout == PictureLayout.Nhwc ? [pictures, last, second, third]
        : shape;

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
