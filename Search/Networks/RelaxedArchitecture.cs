using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// alpha and beta after their softmax (paper, Section 3.2), by scale index. A cell at layer l and scale s uses
/// <c>Alpha[s][l - s]</c> and, with two inputs, <c>Beta[s][l - s - 1]</c>.
/// </summary>
/// <param name="Alpha">[L - s, 5] for each scale s: the weight of each operator.</param>
/// <param name="Beta">[L - s - 1, 2] for scales 1 and 2 (index 0 is unused): the weights of (came down, kept).</param>
public sealed record RelaxedArchitecture(IReadOnlyList<Tensor> Alpha, IReadOnlyList<Tensor?> Beta)
{
    /// <summary>The same where a pass reads single numbers of it: on the CPU if no gradient goes to it, so that a GPU is waited for once
    /// and not at every cell.</summary>
    internal RelaxedArchitecture Readable() =>
        Alpha.Concat(Beta).Any(weights => weights is { requires_grad: true })
            ? this
            : new([.. Alpha.Select(alpha => alpha.cpu())], [.. Beta.Select(beta => beta?.cpu())]);
}
