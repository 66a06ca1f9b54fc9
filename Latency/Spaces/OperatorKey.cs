using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FasterSeg.Latency.Spaces;

/// <summary>
/// Writes and reads the one canonical string of an <see cref="OperatorSpec"/>. Nothing else in the project spells a key.
/// <list type="bullet">
/// <item><c>conv h64 w128 c96-192 s2</c>: a searched operator</item>
/// <item><c>arm h32 w64 c256-128 s1 k1</c>: a fixed part, with its kernel size</item>
/// <item><c>upsample h32 w64 c128-128 x2</c>: upsampling by 2</item>
/// <item><c>concat h64 w128 c128+192</c>: concatenation of 128 and 192 channels</item>
/// </list>
/// </summary>
public static partial class OperatorKey
{
    private static readonly string[] Names =
    [
        "skip",
        "conv",
        "zoomed_conv",
        "conv_2x",
        "zoomed_conv_2x",
        "stem",
        "arm",
        "refine",
        "fusion",
        "head",
        "upsample",
        "concat",
    ];

    /// <summary>The vocabulary's name of a kind, e.g. <c>zoomed_conv_2x</c>.</summary>
    public static string NameOf(OperatorKind kind) => Names[(int)kind];

    /// <summary>The canonical key of a specification.</summary>
    public static string Format(OperatorSpec spec)
    {
        string map = string.Create(CultureInfo.InvariantCulture, $"{NameOf(spec.Kind)} h{spec.Height} w{spec.Width} c{spec.InChannels}");
        return spec.Kind switch
        {
            OperatorKind.Concat => $"{map}+{spec.SecondInChannels}",
            OperatorKind.Upsample => $"{map}-{spec.OutChannels} x{spec.Stride}",
            _ when spec.Kernel > 0 => $"{map}-{spec.OutChannels} s{spec.Stride} k{spec.Kernel}",
            _ => $"{map}-{spec.OutChannels} s{spec.Stride}",
        };
    }

    /// <summary>Reads a canonical key.</summary>
    /// <exception cref="FormatException">The text is not a key that <see cref="Format"/> writes; the message says so and quotes
    /// it.</exception>
    public static OperatorSpec Parse(string key) =>
        TryParse(key, out OperatorSpec? spec)
            ? spec
            : throw new FormatException($"'{Shortened(key)}' is not an operator key; one looks like 'conv h64 w128 c96-192 s2'.");

    /// <summary>Reads a canonical key; false where the text is not exactly what <see cref="Format"/> writes.</summary>
    public static bool TryParse(string key, [NotNullWhen(true)] out OperatorSpec? spec)
    {
        spec = null;
        if (key is null || key.Length > 100)
            return false;
        Match match = Pattern().Match(key);
        if (!match.Success)
            return false;
        int kind = Array.IndexOf(Names, match.Groups["name"].Value);
        if (kind < 0)
            return false;
        int first = Number(match, "first");
        int second = Number(match, "second");
        int stride = match.Groups["stride"].Success ? Number(match, "stride") : 1;
        var candidate = new OperatorSpec(
            (OperatorKind)kind,
            Number(match, "h"),
            Number(match, "w"),
            first,
            match.Groups["join"].Value == "+" ? first + second : second,
            stride
        );
        // Formatting what was read catches every key that is well-formed but not canonical (a wrong kernel, a stray stride).
        if (!IsPossible(candidate) || Format(candidate) != key)
            return false;
        spec = candidate;
        return true;
    }

    private static bool IsPossible(OperatorSpec spec) =>
        spec is { Height: > 0, Width: > 0, InChannels: > 0, OutChannels: > 0 }
        && spec.Kind switch
        {
            OperatorKind.Upsample => spec.Stride is >= 2 and <= 32 && spec.InChannels == spec.OutChannels,
            OperatorKind.Concat => spec.Stride == 1 && spec.SecondInChannels > 0,
            OperatorKind.Stem => spec.Stride == 2,
            OperatorKind.Arm or OperatorKind.Refine or OperatorKind.Fusion or OperatorKind.Head => spec.Stride == 1,
            _ => spec.Stride is 1 or 2,
        };

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static string Shortened(string? text) =>
        text is null ? ""
        : text.Length <= 100 ? text
        : text[..100] + "...";

    // At most six digits a number: larger ones are no maps, and the product of the sides stays within a long.
    [GeneratedRegex(
        @"^(?<name>[a-z0-9_]+) h(?<h>[0-9]{1,6}) w(?<w>[0-9]{1,6}) c(?<first>[0-9]{1,6})(?<join>[-+])(?<second>[0-9]{1,6})"
            + @"( [sx](?<stride>[0-9]{1,2}))?( k[0-9])?\z"
    )]
    private static partial Regex Pattern();
}
