namespace FasterSeg.Latency.Networks;

/// <summary>
/// Chooses the layers at which a branch goes down, from beta. Row k at scale 16 speaks of the cell at layer k + 2, so choosing
/// "came down" there means that layer k + 1 goes down; row k at scale 32 speaks of layer k + 3, so layer k + 2 goes down.
/// </summary>
public static class PathDerivation
{
    /// <summary>The scale index of each layer's input for a branch that ends at scale index <paramref name="last"/>.</summary>
    /// <param name="beta">[scale][row][came down, kept], softmaxed.</param>
    /// <param name="layers">L.</param>
    /// <param name="last">0, 1 or 2 for a final map at 1/8, 1/16 or 1/32.</param>
    /// <param name="rule">The released rule sends layer k down where it means k + 1 (16-branch only).</param>
    public static int[] Path(double[][][] beta, int layers, int last, DerivationRule rule)
    {
        int[] downs = last switch
        {
            0 => [],
            1 => [DownTo16(beta[1], rule)],
            2 => DownTo32(beta, layers, rule),
            _ => throw new ArgumentOutOfRangeException(nameof(last), last, "A branch ends at scale index 0, 1 or 2."),
        };
        return [.. Enumerable.Range(0, layers).Select(layer => downs.Count(down => down < layer))];
    }

    private static int DownTo16(double[][] beta, DerivationRule rule)
    {
        // The first and the last row are not looked at, unless a short network has no other.
        int first = beta.Length > 2 ? 1 : 0,
            end = beta.Length > 2 ? beta.Length - 1 : beta.Length;
        int k = Enumerable.Range(first, end - first).MaxBy(i => beta[i][0]);
        return rule == DerivationRule.Released ? k : k + 1;
    }

    private static int[] DownTo32(double[][][] beta, int layers, DerivationRule rule)
    {
        var pairs = (
            from j in Enumerable.Range(0, Math.Max(0, layers - 4))
            from i in Enumerable.Range(1, Math.Max(0, j - 2))
            select (I: i, J: j)
        ).ToArray();
        if (pairs.Length == 0)
        {
            if (rule == DerivationRule.Released)
                return [1, 3];
            // Any two layers 1 <= d1 < d2 <= L - 2, as rows d1 - 1 and d2 - 2.
            pairs =
            [
                .. from d1 in Enumerable.Range(1, layers - 2) from d2 in Enumerable.Range(d1 + 1, layers - 2 - d1) select (d1 - 1, d2 - 2),
            ];
        }
        (int bestI, int bestJ) = pairs.MaxBy(pair => beta[1][pair.I][0] * beta[2][pair.J][0]);
        return [bestI + 1, bestJ + 2];
    }
}
