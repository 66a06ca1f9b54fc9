using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// The names that the released code gives its operators, e.g.
/// <c>BasicResidual_downup_2x_H64_W128_Cin96_Cout192_stride2_dilation1</c>, in both directions. The released code itself
/// looks zoomed conv x2 up under conv x2's name; here every name means its own operator.
/// </summary>
public static partial class AuthorsKeys
{
    /// <summary>The operator that a released name means; false where the text is not exactly such a name.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out OperatorSpec? spec)
    {
        spec = null;
        if (name is null || name.Length > 100)
            return false;
        Match match = Pattern().Match(name);
        if (!match.Success)
            return false;
        int kernel = NumberOr(match, "kernel", 0),
            stride = NumberOr(match, "stride", 1);
        OperatorKind? kind = match.Groups["type"].Value switch
        {
            "ConvNorm" when (kernel, stride) == (1, 1) => OperatorKind.Arm,
            "ConvNorm" when (kernel, stride) == (3, 1) => OperatorKind.Refine,
            "ConvNorm" when (kernel, stride) == (3, 2) => OperatorKind.Stem,
            "BasicResidual1x" => OperatorKind.Conv,
            "BasicResidual2x" => OperatorKind.Conv2x,
            "BasicResidual_downup_1x" => OperatorKind.ZoomedConv,
            "BasicResidual_downup_2x" => OperatorKind.ZoomedConv2x,
            "FactorizedReduce" => OperatorKind.Skip,
            "ff" => OperatorKind.Fusion,
            "head" => OperatorKind.Head,
            _ => null,
        };
        if (kind is null)
            return false;
        int channels = NumberOr(match, "c", 0);
        var candidate = new OperatorSpec(
            kind.Value,
            NumberOr(match, "h", 0),
            NumberOr(match, "w", 0),
            NumberOr(match, "in", channels),
            NumberOr(match, "out", channels),
            stride
        );
        // Writing what was read catches every name with a suffix too many or too few, a leading zero or a size of 0.
        if (
            !OperatorKey.TryParse(candidate.ToString(), out OperatorSpec? possible)
            || possible != candidate
            || !TryFormat(candidate, out string? written)
            || written != name
        )
            return false;
        spec = candidate;
        return true;
    }

    /// <summary>The released name of an operator; false where the released code has none (resizes, concatenations).</summary>
    public static bool TryFormat(OperatorSpec spec, [NotNullWhen(true)] out string? name)
    {
        string map = string.Create(CultureInfo.InvariantCulture, $"H{spec.Height}_W{spec.Width}");
        string channels = string.Create(CultureInfo.InvariantCulture, $"Cin{spec.InChannels}_Cout{spec.OutChannels}");
        string stride = string.Create(CultureInfo.InvariantCulture, $"stride{spec.Stride}");
        name = spec.Kind switch
        {
            OperatorKind.Stem or OperatorKind.Arm or OperatorKind.Refine => string.Create(
                CultureInfo.InvariantCulture,
                $"ConvNorm_{map}_{channels}_kernel{spec.Kernel}_{stride}"
            ),
            OperatorKind.Conv => $"BasicResidual1x_{map}_{channels}_{stride}_dilation1",
            OperatorKind.Conv2x => $"BasicResidual2x_{map}_{channels}_{stride}_dilation1",
            OperatorKind.ZoomedConv => $"BasicResidual_downup_1x_{map}_{channels}_{stride}_dilation1",
            OperatorKind.ZoomedConv2x => $"BasicResidual_downup_2x_{map}_{channels}_{stride}_dilation1",
            OperatorKind.Skip => $"FactorizedReduce_{map}_{channels}_{stride}",
            OperatorKind.Fusion when spec.InChannels == spec.OutChannels => string.Create(
                CultureInfo.InvariantCulture,
                $"ff_{map}_C{spec.InChannels}"
            ),
            OperatorKind.Head => $"head_{map}_{channels}",
            _ => null,
        };
        return name is not null;
    }

    private static int NumberOr(Match match, string group, int otherwise) =>
        match.Groups[group] is { Success: true } number ? int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(
        @"^(?<type>[A-Za-z0-9_]+?)_H(?<h>[0-9]{1,6})_W(?<w>[0-9]{1,6})"
            + @"(_C(?<c>[0-9]{1,6})|_Cin(?<in>[0-9]{1,6})_Cout(?<out>[0-9]{1,6}))"
            + @"(_kernel(?<kernel>[0-9]))?(_stride(?<stride>[0-9]))?(_dilation1)?\z"
    )]
    private static partial Regex Pattern();
}
