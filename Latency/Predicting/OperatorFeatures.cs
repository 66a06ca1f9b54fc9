using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Predicting;

/// <summary>What of an operator its latency is predicted from.</summary>
/// <param name="Kind">What it computes.</param>
/// <param name="Group">Operators of one group differ in size and channels only: kind and stride.</param>
/// <param name="Size">Binary logarithm of the input map's mean side.</param>
/// <param name="In">Binary logarithm of the input's channels.</param>
/// <param name="Out">Binary logarithm of the output's channels.</param>
/// <param name="LogWork">Natural logarithm of the multiplications, or of the values that are moved where there are none.</param>
/// <param name="LogTraffic">Natural logarithm of the values read and written.</param>
/// <param name="Known">Natural logarithm of the latency on another device as its whole table makes it plausible, ms; 0 where no table is
/// known.</param>
/// <param name="Odd">By how much the logarithm of its own latency there is above that.</param>
public readonly record struct OperatorFeatures(
    OperatorKind Kind,
    (OperatorKind, int) Group,
    double Size,
    double In,
    double Out,
    double LogWork,
    double LogTraffic,
    double Known = 0,
    double Odd = 0
)
{
    /// <summary>The features of an operator.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="known">Another device's table; null where there is none.</param>
    public static OperatorFeatures Of(OperatorSpec spec, KnownTable? known = null)
    {
        double input = (double)spec.Height * spec.Width,
            output = (double)spec.OutHeight * spec.OutWidth;
        double traffic = (input * (spec.InChannels + spec.SecondInChannels)) + (output * spec.OutChannels);
        (double plausible, double odd) = known?.Find(spec) ?? (0, 0);
        double work = OperatorWeightShapes.Multiplications(spec);
        return new(
            spec.Kind,
            (spec.Kind, spec.Stride),
            Math.Log2(input) / 2,
            Math.Log2(spec.InChannels),
            Math.Log2(spec.OutChannels),
            Math.Log(work > 0 ? work : traffic),
            Math.Log(traffic),
            plausible,
            odd
        );
    }
}
