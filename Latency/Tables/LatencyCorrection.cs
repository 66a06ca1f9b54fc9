using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// What an operator takes within a network, from what it takes alone: a network's estimate stays a plain sum over its parts. The numbers
/// are fitted on whole networks, none is negative (docs/decisions/0013).
/// </summary>
/// <param name="Scale">Factor on the latency alone.</param>
/// <param name="BoundaryNs">What a value costs at the ends of an operator alone, and not between two convolutions, ns: there a map keeps
/// the convolutions' layout.</param>
/// <param name="WeightNs">What a weight costs more in a network, whose other parts have driven it from the caches, ns.</param>
/// <param name="PartMs">What each operator costs alone only: a run's start and end, ms.</param>
/// <param name="Networks">How many networks the numbers are fitted on.</param>
/// <param name="Deviation">Standard deviation of the relative errors on networks that took no part in the fit.</param>
public sealed record LatencyCorrection(double Scale, double BoundaryNs, double WeightNs, double PartMs, int Networks, double Deviation)
{
    /// <summary>No correction takes an operator's latency below this share of what it takes alone.</summary>
    public const double Least = 0.1;

    private const double MsPerNs = 1e-6;

    /// <summary>What an operator takes in a network, ms.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="aloneMs">What it takes alone, ms.</param>
    public double Apply(OperatorSpec spec, double aloneMs) =>
        Math.Max(
            Least * aloneMs,
            (Scale * aloneMs)
                - (MsPerNs * BoundaryNs * BoundaryValues(spec))
                + (MsPerNs * WeightNs * Weights(spec))
                - (aloneMs > 0 ? PartMs : 0)
        );

    /// <summary>Values of the maps at which a convolution begins or ends the operator: what ONNX Runtime reorders there on a CPU.</summary>
    public static double BoundaryValues(OperatorSpec spec)
    {
        double input = (double)spec.InChannels * spec.Height * spec.Width,
            output = (double)spec.OutChannels * spec.OutHeight * spec.OutWidth;
        return spec switch
        {
            { Kind: OperatorKind.Upsample or OperatorKind.Concat } or { IsZeroByDefinition: true } => 0,
            // The resizing is at both ends, or at the first one.
            { Kind: OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x } => spec.Stride == 1 ? 0 : output,
            _ => input + output,
        };
    }

    /// <summary>Values of the operator's kernels.</summary>
    public static double Weights(OperatorSpec spec) =>
        spec.IsZeroByDefinition ? 0 : OperatorWeightShapes.Of(spec).Sum(shape => (double)shape.WeightCount);
}
