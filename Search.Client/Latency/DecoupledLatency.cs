using FasterSeg.Search.Client.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Latency;

/// <summary>
/// The paper's decoupled latency (Section 3.3, Equation 4): w1 Lat(alpha) + w2 Lat(beta) + w3 Lat(gamma), where each term leaves
/// one kind of parameter free and fixes the others. One common penalty lets the kind that moves latency most collapse first.
/// </summary>
/// <param name="regularizer">Latency of the role's architectures.</param>
/// <param name="operatorWeight">w1.</param>
/// <param name="resolutionWeight">w2.</param>
/// <param name="widthWeight">w3.</param>
public sealed class DecoupledLatency(LatencyRegularizer regularizer, double operatorWeight, double resolutionWeight, double widthWeight) : ILatencyPenalty
{
    /// <inheritdoc/>
    public Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths)
    {
        int count = (int)widths[0].shape[1];
        return regularizer.Of(architecture, widths,
            [(operatorWeight, at => HoldForOperators(at, count), OnlyAlpha), (resolutionWeight, at => HoldForResolutions(at, count), OnlyBeta), (widthWeight, HoldForWidths, OnlyWidths)]);
    }

    /// <summary>Lat(alpha | uniform beta, full width).</summary>
    public ExpectedLatency OperatorTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, at => HoldForOperators(at, (int)widths[0].shape[1]), OnlyAlpha);

    /// <summary>Lat(beta | uniform alpha, full width).</summary>
    public ExpectedLatency ResolutionTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, at => HoldForResolutions(at, (int)widths[0].shape[1]), OnlyBeta);

    /// <summary>Lat(gamma | uniform alpha, uniform beta).</summary>
    public ExpectedLatency WidthTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, HoldForWidths, OnlyWidths);

    private static LatencyPoint HoldForOperators(LatencyPoint at, int count) => at.WithUniformBeta().WithFullWidths(count);

    private static LatencyPoint HoldForResolutions(LatencyPoint at, int count) => at.WithUniformAlpha().WithFullWidths(count);

    private static LatencyPoint HoldForWidths(LatencyPoint at) => at.WithUniformAlpha().WithUniformBeta();

    private static LatencyPoint OnlyAlpha(LatencyPoint gradient) => gradient.Zeros() with { Alpha = gradient.Alpha };

    private static LatencyPoint OnlyBeta(LatencyPoint gradient) => gradient.Zeros() with { Beta = gradient.Beta };

    private static LatencyPoint OnlyWidths(LatencyPoint gradient) => gradient.Zeros() with { Widths = gradient.Widths };
}
