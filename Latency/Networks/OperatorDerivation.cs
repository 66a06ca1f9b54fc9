namespace FasterSeg.Latency.Networks;

/// <summary>
/// Chooses each layer's operator along a path and prunes layers: those whose best operator is a stride-1 skip, up to a limit.
/// Every other skip becomes its layer's second-best operator, so a network contains none.
/// </summary>
internal static class OperatorDerivation
{
    private const int Skip = 0;

    /// <summary>The operator of every layer, or null where the layer is pruned.</summary>
    /// <param name="alpha">[scale][layer - scale][operator] before softmax. A skip that is ruled out is set to minus infinity in
    /// it.</param>
    /// <param name="path">Scale index of each layer's input.</param>
    /// <param name="rule">See <see cref="DerivationRule"/>.</param>
    public static int?[] Choose(double[][][] alpha, int[] path, DerivationRule rule)
    {
        double[] Row(int layer) => alpha[path[layer]][layer - path[layer]];
        double SkipWeight(int layer) => ArchitectureValues.Softmax(Row(layer))[Skip];
        bool GoesDown(int layer) => layer + 1 < path.Length && path[layer] < path[layer + 1];

        var prunable = Enumerable
            .Range(0, path.Length)
            .Where(layer => Best(Row(layer)) == Skip && !GoesDown(layer))
            .Select(layer => (Layer: layer, Weight: SkipWeight(layer)))
            .ToList();

        foreach (int[] stretch in StretchesAfterDownsampling(path, GoesDown))
        {
            if (stretch.Length == 0 || !stretch.All(layer => prunable.Exists(p => p.Layer == layer)))
                continue;
            // It may not be left empty: its weakest skip stays as the second-best operator.
            int weakest = stretch.Reverse().MinBy(SkipWeight);
            Row(weakest)[Skip] = double.NegativeInfinity;
            // The released code leaves it among those that count towards the limit.
            if (rule != DerivationRule.Released)
                prunable.RemoveAll(p => p.Layer == weakest);
        }

        int shortest = (int)Math.Round(path.Length / 3.0) + (2 * path[^1]);
        int limit = Math.Max(0, path.Length - shortest);
        HashSet<int> pruned =
        [
            .. (prunable.Count > limit ? prunable.OrderByDescending(p => p.Weight).Take(limit) : prunable).Select(p => p.Layer),
        ];

        var chosen = new int?[path.Length];
        for (int layer = 0; layer < path.Length; layer++)
        {
            if (Best(Row(layer)) == Skip)
            {
                if (pruned.Contains(layer))
                    continue;
                Row(layer)[Skip] = double.NegativeInfinity;
            }
            chosen[layer] = Best(Row(layer));
        }
        return chosen;
    }

    /// <summary>The layers strictly between a layer that goes down and the next one that does, or the end.</summary>
    private static IEnumerable<int[]> StretchesAfterDownsampling(int[] path, Func<int, bool> goesDown)
    {
        int[] downs = [.. Enumerable.Range(0, path.Length).Where(goesDown), path.Length];
        return downs.Zip(downs.Skip(1), (from, to) => Enumerable.Range(from + 1, to - from - 1).ToArray());
    }

    private static int Best(double[] row) => Array.IndexOf(row, row.Max());
}
