using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>
/// The paper's decoupled latency (Section 3.3, Equation 4): w1 Lat(alpha) + w2 Lat(beta) + w3 Lat(gamma), where each term leaves
/// one kind of parameter free and fixes the others. One common penalty lets the kind that moves latency most collapse first.
/// </summary>
/// <param name="regularizer">Latency of the role's architectures.</param>
/// <param name="operatorWeight">w1.</param>
/// <param name="resolutionWeight">w2.</param>
/// <param name="widthWeight">w3.</param>
public sealed class DecoupledLatency(LatencyRegularizer regularizer, double operatorWeight, double resolutionWeight, double widthWeight)
    : ILatencyPenalty
{
    /// <inheritdoc/>
    public Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(
            architecture,
            widths,
            [(operatorWeight, ForOperators(widths)), (resolutionWeight, ForResolutions(widths)), (widthWeight, ForWidths)]
        );

    /// <summary>Lat(alpha | uniform beta, full width).</summary>
    public ExpectedLatency OperatorTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, ForOperators(widths));

    /// <summary>Lat(beta | uniform alpha, full width).</summary>
    public ExpectedLatency ResolutionTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, ForResolutions(widths));

    /// <summary>Lat(gamma | uniform alpha, uniform beta).</summary>
    public ExpectedLatency WidthTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture, widths, ForWidths);

    private static Func<LatencyPoint, LatencyPoint> ForOperators(IReadOnlyList<Tensor> widths) =>
        at => at.WithUniformBeta().WithFullWidths((int)widths[0].shape[1]);

    private static Func<LatencyPoint, LatencyPoint> ForResolutions(IReadOnlyList<Tensor> widths) =>
        at => at.WithUniformAlpha().WithFullWidths((int)widths[0].shape[1]);

    private static LatencyPoint ForWidths(LatencyPoint at) => at.WithUniformAlpha().WithUniformBeta();
}
