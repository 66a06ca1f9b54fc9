using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>What the student pays for its latency.</summary>
public interface ILatencyPenalty
{
    /// <summary>A scalar in ms, float64 on the CPU, differentiable once.</summary>
    /// <param name="architecture">alpha and beta after their softmax.</param>
    /// <param name="widths">For each scale, [maps, R]: the softmax of gamma (expectation) or a straight-through sample.</param>
    Tensor Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths);
}
