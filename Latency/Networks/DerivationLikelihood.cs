namespace FasterSeg.Latency.Networks;

/// <summary>How probable a network is by learnt alpha, beta and gamma: the sum of the logarithms of what was chosen, each choice
/// once.</summary>
/// <param name="learnt">alpha, beta and gamma before their softmax.</param>
/// <param name="role">A teacher has no widths, and no skip.</param>
public sealed class DerivationLikelihood(ArchitectureValues learnt, Role role)
{
    private readonly double[][][] alpha = Logarithms(learnt.Alpha, role == Role.Teacher),
        beta = Logarithms(learnt.Beta, withoutFirst: false),
        gamma = Logarithms(learnt.Gamma, withoutFirst: false);

    /// <summary>The logarithm of the probability of what other keys lead to.</summary>
    /// <param name="keys">Whatever <see cref="Derivation"/> makes a network of.</param>
    /// <param name="shallowEnd">Scale index at which the shallow branch ends.</param>
    public double Of(ArchitectureValues keys, int shallowEnd)
    {
        var chosen = new Dictionary<(char, int, int, int), double>();
        foreach (int last in new[] { 2, shallowEnd })
        {
            (int[] path, int?[] operators) = Derivation.Layers(keys, role, last);
            for (int layer = 0; layer < path.Length; layer++)
            {
                int scale = path[layer],
                    kind = operators[layer] ?? 0;
                chosen[('a', scale, layer, kind)] = alpha[scale][layer - scale][kind];
                if (layer + 1 == path.Length)
                    continue;
                int next = path[layer + 1];
                // Row k of beta at scale index s speaks of the layer k + s that goes down to it.
                if (next > scale)
                    chosen[('b', next, layer, 0)] = beta[next][layer - next][0];
                if (role == Role.Student && operators[layer] is not null)
                {
                    int row = MapRows.Of(next, layer),
                        width = Array.IndexOf(keys.Gamma[next][row], keys.Gamma[next][row].Max());
                    chosen[('g', next, row, width)] = gamma[next][row][width];
                }
            }
        }
        return chosen.Values.Sum();
    }

    private static double[][][] Logarithms(double[][][] values, bool withoutFirst) =>
        [
            .. values.Select(scale =>
                scale
                    .Select(row =>
                        ArchitectureValues
                            .Softmax(withoutFirst ? [double.NegativeInfinity, .. row.Skip(1)] : row)
                            .Select(share => Math.Log(share))
                            .ToArray()
                    )
                    .ToArray()
            ),
        ];
}
