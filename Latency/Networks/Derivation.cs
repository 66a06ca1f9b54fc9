using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>
/// Derives a network from architecture parameters (paper, Section 3.4): argmax of beta for the path of each branch, of gamma
/// for the widths, of alpha for the operators.
/// </summary>
public static class Derivation
{
    /// <summary>The network with the branches that end at 32 and at 16 or 8.</summary>
    /// <param name="values">alpha, beta, gamma before their softmax; left as they are.</param>
    /// <param name="space">The space they belong to.</param>
    /// <param name="role">The teacher has full width and ignores skip, so nothing of it is pruned.</param>
    /// <param name="shallowEnd">Scale index at which the other branch ends: 1 for 16, 0 for 8.</param>
    /// <param name="rule">See <see cref="DerivationRule"/>.</param>
    public static DerivedArchitecture Derive(
        ArchitectureValues values,
        SearchSpace space,
        Role role,
        int shallowEnd,
        DerivationRule rule = DerivationRule.Corrected
    )
    {
        BranchArchitecture[] branches =
            rule == DerivationRule.Released
                ? AllAsReleased(values.Copy(), space, role)
                : [.. Enumerable.Range(0, 3).Select(last => Branch(values.Copy(), SoftmaxRows(values.Beta), space, role, last, rule))];
        return new DerivedArchitecture(
            role,
            space.Fch,
            space.Classes,
            space.StemRatio(role),
            space.HeadRatio(role),
            Deep: branches[2],
            Shallow: branches[shallowEnd]
        );
    }

    /// <summary>The path of a branch, and the operator of each of its layers; null where the layer is pruned.</summary>
    /// <param name="values">alpha, beta, gamma before their softmax; left as they are.</param>
    /// <param name="role">A teacher ignores skip.</param>
    /// <param name="last">Scale index at which the branch ends.</param>
    internal static (int[] Path, int?[] Operators) Layers(ArchitectureValues values, Role role, int last) =>
        Layers(values.Copy(), SoftmaxRows(values.Beta), role, last, DerivationRule.Corrected);

    /// <summary>
    /// The released code derives the branches that end at 8, 16 and 32 in this order from the same arrays: beta goes through
    /// one more softmax each time, and a skip that one branch rules out stays ruled out.
    /// </summary>
    private static BranchArchitecture[] AllAsReleased(ArchitectureValues shared, SearchSpace space, Role role)
    {
        double[][][] beta = shared.Beta;
        var branches = new BranchArchitecture[3];
        for (int last = 0; last < 3; last++)
        {
            beta = SoftmaxRows(beta);
            branches[last] = Branch(shared, beta, space, role, last, DerivationRule.Released);
        }
        return branches;
    }

    private static BranchArchitecture Branch(
        ArchitectureValues scratch,
        double[][][] beta,
        SearchSpace space,
        Role role,
        int last,
        DerivationRule rule
    )
    {
        (int[] path, int?[] operators) = Layers(scratch, beta, role, last, rule);
        // Layer l's output is the map at scale path[l + 1]; a pruned layer takes its output width with it, a pruned last
        // layer takes the last width.
        int[] layers = [.. Enumerable.Range(0, path.Length).Where(layer => operators[layer] is not null)];
        List<double> widths =
        [
            .. layers.Where(layer => layer < path.Length - 1).Select(layer => WidthOf(scratch.Gamma, space, role, path[layer + 1], layer)),
        ];
        if (operators[^1] is null)
            widths.RemoveAt(widths.Count - 1);
        return new BranchArchitecture(
            [.. layers.Select(layer => SearchSpace.SearchedKinds[operators[layer]!.Value])],
            [.. layers.Select(layer => path[layer])],
            widths
        );
    }

    private static (int[] Path, int?[] Operators) Layers(
        ArchitectureValues scratch,
        double[][][] beta,
        Role role,
        int last,
        DerivationRule rule
    )
    {
        if (role == Role.Teacher)
        {
            foreach (double[] row in scratch.Alpha.SelectMany(scale => scale))
                row[0] = double.NegativeInfinity;
        }
        int[] path = PathDerivation.Path(beta, scratch.Layers, last, rule);
        return (path, OperatorDerivation.Choose(scratch.Alpha, path, rule));
    }

    private static double WidthOf(double[][][] gamma, SearchSpace space, Role role, int scale, int layer)
    {
        if (role == Role.Teacher)
            return space.FullRatio;
        double[] row = gamma[scale][MapRows.Of(scale, layer)];
        return space.WidthRatios[Array.IndexOf(row, row.Max())];
    }

    private static double[][][] SoftmaxRows(double[][][] values) =>
        [.. values.Select(scale => scale.Select(ArchitectureValues.Softmax).ToArray())];
}
