using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Evaluation;

/// <summary>How an image is looked at to evaluate a network: at which sizes, mirrored too or not, whole or window by window.</summary>
/// <param name="Scales">Sizes of the image; probabilities are averaged over them.</param>
/// <param name="Mirror">Also the mirrored image.</param>
/// <param name="WindowHeight">Rows of a window; 0 takes the image whole.</param>
/// <param name="WindowWidth">Columns of a window.</param>
public sealed record EvaluationMode(IReadOnlyList<double> Scales, bool Mirror, int WindowHeight, int WindowWidth)
{
    // Neighbouring windows share a third, as in the released code's evaluator.
    private const double Step = 2.0 / 3;

    private const double LargestScale = 4;

    /// <summary>The whole image as it is: what is deployed, and what the paper reports.</summary>
    public static EvaluationMode Plain { get; } = new([1], Mirror: false, 0, 0);

    /// <summary>Whether an image takes a single pass.</summary>
    public bool IsPlain => Scales is [1] && !Mirror && WindowHeight == 0;

    /// <summary>For people and files, e.g. <c>whole images, scales 0.75 1 1.25, mirrored too</c>.</summary>
    public override string ToString() =>
        (WindowHeight == 0 ? "whole images" : FormattableString.Invariant($"windows of {WindowHeight}x{WindowWidth}"))
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
        int[] sides =
        [
            .. window
                .Split('x')
                .Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels) ? pixels : 0),
        ];
        return sides.Length == 2 && Array.TrueForAll(sides, side => side > 0 && side % SearchSpace.SideMultiple == 0)
            ? new(numbers, mirror, sides[0], sides[1])
            : throw new UsageException(
                $"--window is '{window}': use rows x columns, multiples of {SearchSpace.SideMultiple}, such as 512x1024."
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
