using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// How an image is looked at to evaluate a network: brought to which size, at which scales of it, mirrored too or not, whole or window by
/// window. Whatever the network sees, its answer is counted at the size of the label.
/// </summary>
/// <param name="Scales">Factors on the size; probabilities are averaged over them.</param>
/// <param name="Mirror">Also the mirrored image.</param>
/// <param name="WindowHeight">Rows of a window; 0 takes the image whole.</param>
/// <param name="WindowWidth">Columns of a window.</param>
public sealed record EvaluationMode(IReadOnlyList<double> Scales, bool Mirror, int WindowHeight, int WindowWidth)
{
    // Neighbouring windows share a third, as in the released code's evaluator.
    private const double Step = 2.0 / 3;

    private const double LargestScale = 4;

    /// <summary>What <see cref="Size"/> says of images that each keep their own.</summary>
    public const string OwnSize = StoredEvaluation.OwnSize;

    /// <summary>Each image whole and at its own size, whatever is deployed.</summary>
    public static EvaluationMode Plain { get; } = new([1], Mirror: false, 0, 0);

    /// <summary>Rows that images are brought to; 0 leaves them at their own size.</summary>
    public int Height { get; private init; }

    /// <summary>Columns that images are brought to.</summary>
    public int Width { get; private init; }

    /// <summary>How they are brought there.</summary>
    public ImageFit Fit { get; private init; } = ImageFit.Own;

    /// <summary>E.g. <c>192x256</c> (rows x columns), or <see cref="OwnSize"/>.</summary>
    public string Size => Height == 0 ? OwnSize : SizeOf(Height, Width);

    /// <summary>The whole image at the size that is deployed and that latency is measured at.</summary>
    public static EvaluationMode Deployed(FasterSegOptions options) =>
        Plain.At(options.Space.Height, options.Space.Width, options.Data.Fit);

    /// <summary>This look at another size.</summary>
    public EvaluationMode At(int height, int width, ImageFit fit) => this with { Height = height, Width = width, Fit = fit };

    /// <summary>A size for people and files.</summary>
    public static string SizeOf(int height, int width) => FormattableString.Invariant($"{height}x{width}");

    /// <summary>How an image comes to the network.</summary>
    public FittedImage Fitted(int height, int width) =>
        Height == 0 ? FittedImage.AsIs(height, width) : FittedImage.Of(height, width, Height, Width, Fit);

    /// <summary>A sample's labels, with <see cref="LabelMap.Ignore"/> where the network sees nothing of the image: there it has no answer
    /// to count.</summary>
    public LabelMap Seen(Sample sample) => Fitted(sample.Image.Height, sample.Image.Width).Seen(sample.Label);

    /// <summary>Whether an image takes a single pass.</summary>
    public bool IsPlain => Scales is [1] && !Mirror && WindowHeight == 0;

    /// <summary>Rows and columns of the largest pass, in multiples of 32; null where images keep their own size.</summary>
    public (int Height, int Width)? LargestPass
    {
        get
        {
            if (WindowHeight > 0)
                return (WindowHeight, WindowWidth);
            if (Height == 0)
                return null;
            double scale = Scales.Max();
            ImagePadding padded = ImagePadding.ToMultiple((int)Math.Ceiling(Height * scale), (int)Math.Ceiling(Width * scale));
            return (padded.PaddedHeight, padded.PaddedWidth);
        }
    }

    /// <summary>For people and files, e.g. <c>whole images at 192x256, scales 0.75 1 1.25, mirrored too</c>.</summary>
    public override string ToString() =>
        (WindowHeight == 0 ? "whole images" : FormattableString.Invariant($"windows of {WindowHeight}x{WindowWidth} of images"))
        + (Height == 0 ? " at their own size" : $" at {Size}")
        + (Scales is [1] ? "" : ", scales " + string.Join(' ', Scales.Select(scale => scale.ToString(CultureInfo.InvariantCulture))))
        + (Mirror ? ", mirrored too" : "");

    /// <summary>Reads what the command line says.</summary>
    /// <param name="scales">E.g. <c>0.75, 1, 1.25</c>.</param>
    /// <param name="mirror">Also mirrored.</param>
    /// <param name="window">E.g. <c>512x1024</c>; null for the whole image.</param>
    /// <exception cref="UsageException">A number is wrong.</exception>
    public static EvaluationMode Parse(string scales, bool mirror, string? window)
    {
        double[] numbers = NumberList.Parse(scales);
        if (!Array.TrueForAll(numbers, scale => scale is > 0 and <= LargestScale))
            throw new UsageException($"--scales is '{scales}': use numbers above 0 and up to {LargestScale}, such as 0.75,1,1.25.");
        if (window is null)
            return new(numbers, mirror, 0, 0);
        (int height, int width) = Sides(window, "--window");
        return new(numbers, mirror, height, width);
    }

    /// <summary>This look at the size that the command line asks for.</summary>
    /// <param name="size">E.g. <c>192x256</c>, or <c>own</c>; null for the one that is deployed.</param>
    /// <param name="options">What is deployed, and how images are brought to a size.</param>
    /// <exception cref="UsageException">It is no size.</exception>
    public EvaluationMode At(string? size, FasterSegOptions options)
    {
        if (size == OwnSize)
            return At(0, 0, ImageFit.Own);
        (int height, int width) = size is null ? (options.Space.Height, options.Space.Width) : Sides(size, "--size", " or own");
        return At(height, width, options.Data.Fit);
    }

    /// <summary>A network's input size as a command line has it, rows x columns.</summary>
    /// <param name="text">E.g. <c>512x1024</c>.</param>
    /// <param name="option">The option, for the message.</param>
    /// <param name="more">What the option may be besides, for the message.</param>
    /// <exception cref="UsageException">It is no such size.</exception>
    internal static (int Height, int Width) Sides(string text, string option, string more = "")
    {
        int[] sides =
        [
            .. text.Split('x', 'X')
                .Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels) ? pixels : 0),
        ];
        return
            sides.Length == 2
            && Array.TrueForAll(sides, side => side is > 0 and <= SearchSpace.LargestSide && side % SearchSpace.SideMultiple == 0)
            ? (sides[0], sides[1])
            : throw new UsageException(
                $"{option} is '{text}': use rows x columns, multiples of {SearchSpace.SideMultiple} up to {SearchSpace.LargestSide}, "
                    + $"such as 512x1024{more}."
            );
    }

    /// <summary>Where windows begin along a side, so that they cover it and the last one ends with it.</summary>
    /// <param name="length">The side.</param>
    /// <param name="window">The window's side.</param>
    public static IReadOnlyList<int> Starts(int length, int window)
    {
        if (length <= window)
            return [0];
        int steps = (int)Math.Ceiling((length - window) / Math.Ceiling(window * Step));
        return [.. Enumerable.Range(0, steps + 1).Select(i => (int)((long)i * (length - window) / steps))];
    }
}
