using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>
/// One penalty for all kinds of parameter, Lat(alpha, beta, gamma): what the paper's decoupled latency is compared with (Section 3.3), and
/// under which its searches collapsed.
/// </summary>
/// <param name="regularizer">Latency of the role's architectures.</param>
public sealed class JointLatency(LatencyRegularizer regularizer) : ILatencyPenalty
{
    /// <inheritdoc/>
    public Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) => regularizer.Of(architecture, widths).Sum;
}
