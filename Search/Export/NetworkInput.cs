using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Export;

/// <summary>How a picture becomes the input of an exported network: what the exporter writes into its file and <c>predict</c>
/// reads.</summary>
/// <param name="Layout">Order of the values.</param>
/// <param name="IsBytes">uint8, normalized in the graph; else float32.</param>
/// <param name="Scale">Factor on values in 0 to 255.</param>
/// <param name="Mean">Of red, green and blue, after scaling.</param>
/// <param name="StandardDeviation">Of red, green and blue, after scaling.</param>
/// <param name="Pad">What the input has where it is padded.</param>
/// <param name="Fit">How a picture is brought to the input's size.</param>
internal sealed record NetworkInput(
    PictureLayout Layout,
    bool IsBytes,
    double Scale,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> StandardDeviation,
    IReadOnlyList<float> Pad,
    ImageFit Fit
)
{
    private const string Bytes = "uint8",
        Floats = "float32",
        Colour = "RGB";

    /// <summary>That of files without metadata.</summary>
    public static NetworkInput Plain { get; } = Of(ExportForm.Plain, ImageFit.Own);

    /// <summary>What a form takes.</summary>
    /// <param name="form">The form.</param>
    /// <param name="fit">How its network was trained to see pictures.</param>
    public static NetworkInput Of(ExportForm form, ImageFit fit) =>
        form.Bytes is { } layout
            ? new(layout, true, 1, [0, 0, 0], [1, 1, 1], [.. Normalization.Mean.Select(mean => MathF.Round(255 * mean))], fit)
            : new(PictureLayout.Nchw, false, 1.0 / 255, Normalization.Mean, Normalization.StandardDeviation, [0, 0, 0], fit);

    /// <summary>What a file says.</summary>
    /// <param name="says">Its metadata.</param>
    /// <exception cref="UserErrorException">Something is missing, or says what this build cannot do.</exception>
    public static NetworkInput Read(MetadataReader says)
    {
        PictureLayout layout = says.Word(MetadataKeys.Layout, ("NCHW", PictureLayout.Nchw), ("NHWC", PictureLayout.Nhwc));
        bool isBytes = says.Word(MetadataKeys.Type, (Bytes, true), (Floats, false));
        _ = says.Word(MetadataKeys.Colour, (Colour, true));
        ImageFit fit = says.Word(MetadataKeys.Fit, [.. Enum.GetValues<ImageFit>().Select(fit => (fit.Word(), fit))]);
        double scale = says.Number(MetadataKeys.Scale, value => value > 0, "a number above 0");
        float[] mean = says.Numbers(MetadataKeys.Mean, Normalization.Channels, _ => true, "a list of three numbers"),
            deviation = says.Numbers(MetadataKeys.StandardDeviation, Normalization.Channels, value => value > 0, "three numbers above 0"),
            pad = isBytes
                ? says.Numbers(
                    MetadataKeys.Pad,
                    Normalization.Channels,
                    value => value is >= 0 and <= byte.MaxValue && float.IsInteger(value),
                    $"three whole numbers from 0 to 255 with {Bytes}"
                )
                : says.Numbers(MetadataKeys.Pad, Normalization.Channels, _ => true, "a list of three numbers");
        // A byte holds the picture's value and nothing else.
        if (isBytes && scale != 1)
            throw says.Fault(MetadataKeys.Scale, $"1 with {Bytes}");
        if (isBytes && mean.Any(value => value != 0))
            throw says.Fault(MetadataKeys.Mean, $"[0,0,0] with {Bytes}");
        if (isBytes && deviation.Any(value => value != 1))
            throw says.Fault(MetadataKeys.StandardDeviation, $"[1,1,1] with {Bytes}");
        return new NetworkInput(layout, isBytes, scale, mean, deviation, pad, fit);
    }

    /// <summary>The same as metadata.</summary>
    public IEnumerable<(string Key, string Value)> Metadata =>
        [
            (MetadataKeys.Layout, Layout == PictureLayout.Nhwc ? "NHWC" : "NCHW"),
            (MetadataKeys.Type, IsBytes ? Bytes : Floats),
            (MetadataKeys.Colour, Colour),
            (MetadataKeys.Scale, Scale.ToString("R", CultureInfo.InvariantCulture)),
            (MetadataKeys.Mean, JsonSerializer.Serialize(Mean)),
            (MetadataKeys.StandardDeviation, JsonSerializer.Serialize(StandardDeviation)),
            (MetadataKeys.Fit, Fit.Word()),
            (MetadataKeys.Pad, JsonSerializer.Serialize(Pad)),
        ];

    /// <summary>The first picture of a batch's input; others, if there are any, are left 0.</summary>
    /// <typeparam name="T">float, or byte of a network that takes bytes.</typeparam>
    /// <param name="image">A picture that fits.</param>
    /// <param name="padding">How it lies in the input.</param>
    /// <param name="batch">Pictures of the input.</param>
    /// <param name="convert">A value as the network takes it.</param>
    public T[] Fill<T>(RgbImage image, ImagePadding padding, int batch, Func<double, T> convert)
    {
        int pixels = padding.PaddedHeight * padding.PaddedWidth;
        var input = new T[batch * Normalization.Channels * pixels];
        (int pixelStep, int channelStep) = Layout == PictureLayout.Nhwc ? (Normalization.Channels, 1) : (1, pixels);
        for (int channel = 0; channel < Normalization.Channels; channel++)
        {
            T[] values = [.. Enumerable.Range(0, 256).Select(x => convert(((x * Scale) - Mean[channel]) / StandardDeviation[channel]))];
            T pad = convert(Pad[channel]);
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                (int row, int column) = Math.DivRem(pixel, padding.PaddedWidth);
                input[(pixel * pixelStep) + (channel * channelStep)] =
                    row < image.Height && column < image.Width ? values[image.Pixels[(((row * image.Width) + column) * 3) + channel]] : pad;
            }
        }
        return input;
    }
}
