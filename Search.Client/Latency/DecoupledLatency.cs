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
    public Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        (operatorWeight * OperatorTerm(architecture, widths).Sum)
        + (resolutionWeight * ResolutionTerm(architecture, widths).Sum)
        + (widthWeight * WidthTerm(architecture, widths).Sum);

    /// <summary>Lat(alpha | uniform beta, full width).</summary>
    public ExpectedLatency OperatorTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(architecture.Alpha, Uniform(architecture.Beta), Full(widths));

    /// <summary>Lat(beta | uniform alpha, full width).</summary>
    public ExpectedLatency ResolutionTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(Uniform(architecture.Alpha)!, architecture.Beta, Full(widths));

    /// <summary>Lat(gamma | uniform alpha, uniform beta).</summary>
    public ExpectedLatency WidthTerm(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        regularizer.Of(Uniform(architecture.Alpha)!, Uniform(architecture.Beta), widths);

    private static Tensor[] Uniform(IReadOnlyList<Tensor?> choices) =>
        [.. choices.Select(c => c is null ? null! : full_like(c, 1.0 / c.shape[1], requires_grad: false))];

    private static Tensor[] Full(IReadOnlyList<Tensor> widths) => [.. widths.Select(w =>
    {
        Tensor full = zeros_like(w, requires_grad: false);
        full.select(1, -1).fill_(1);
        return full;
    })];
}
