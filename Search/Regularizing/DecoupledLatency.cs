using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>
/// The paper's decoupled latency (Section 3.3, Equation 4): w1 Lat(alpha) + w2 Lat(beta) + w3 Lat(gamma), where each term leaves
/// one kind of parameter free and holds the others. One common penalty lets the kind that moves latency most collapse first.
/// </summary>
/// <param name="regularizer">Latency of the role's architectures.</param>
/// <param name="operatorWeight">w1.</param>
/// <param name="resolutionWeight">w2.</param>
/// <param name="widthWeight">w3.</param>
public sealed class DecoupledLatency(LatencyRegularizer regularizer, double operatorWeight, double resolutionWeight, double widthWeight)
    : ILatencyPenalty
{
    private readonly (double Weight, FreeParameters Free)[] terms =
    [
        // Lat(alpha | beta uniform, full width)
        (operatorWeight, FreeParameters.Alpha),
        // Lat(beta | alpha uniform, full width)
        (resolutionWeight, FreeParameters.Beta),
        // Lat(gamma | alpha uniform, beta uniform)
        (widthWeight, FreeParameters.Widths),
    ];

    /// <inheritdoc/>
    public Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) => regularizer.Of(architecture, widths, terms);
}
