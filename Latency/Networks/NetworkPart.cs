using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>One part of a derived network.</summary>
/// <param name="Spec">What it computes, on which map.</param>
/// <param name="Name">Its name: where it has weights, the prefix of their names in a published checkpoint, e.g.
/// <c>cells.3-0._op._op</c>.</param>
/// <param name="Inputs">The parts whose outputs it reads, by index; <see cref="NetworkPlan.Image"/> is the image.</param>
/// <param name="Branches">The branches that use it: 0 the deep one, 1 the shallow one.</param>
/// <param name="Layer">The layer of its branches, where it is a cell.</param>
public sealed record NetworkPart(OperatorSpec Spec, string Name, IReadOnlyList<int> Inputs, IReadOnlyList<int> Branches, int? Layer = null)
{
    /// <summary>
    /// The prefixes of its weights' names in a published checkpoint. A cell that both branches share is listed there under
    /// both.
    /// </summary>
    public IEnumerable<string> CheckpointPrefixes => Layer is int layer ? Branches.Select(branch => CellName(layer, branch)) : [Name];

    internal static string CellName(int layer, int branch) => $"cells.{layer}-{branch}._op._op";
}
