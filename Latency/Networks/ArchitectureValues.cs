namespace FasterSeg.Latency.Networks;

/// <summary>
/// The numbers of alpha, beta and gamma before their softmax, as plain data; by scale index, then row, as in
/// <c>ArchitectureParameters</c>.
/// </summary>
/// <param name="Alpha">[scale][layer - scale][operator].</param>
/// <param name="Beta">[scale][layer - scale - 1][came down, kept]; scale 0 is empty.</param>
/// <param name="Gamma">[scale][map][width]; a teacher's is empty.</param>
public sealed record ArchitectureValues(double[][][] Alpha, double[][][] Beta, double[][][] Gamma)
{
    /// <summary>L.</summary>
    public int Layers => Alpha[0].Length;

    /// <summary>All rows themselves: those of alpha, of beta and of gamma, each scale by scale.</summary>
    public IEnumerable<double[]> Rows => new[] { Alpha, Beta, Gamma }.SelectMany(kind => kind.SelectMany(scale => scale));

    /// <summary>A copy that shares nothing.</summary>
    public ArchitectureValues Copy() => new(Copy(Alpha), Copy(Beta), Copy(Gamma));

    /// <summary>Softmax of a row.</summary>
    public static double[] Softmax(double[] row)
    {
        double largest = row.Max();
        double[] e = [.. row.Select(x => Math.Exp(x - largest))];
        double sum = e.Sum();
        return [.. e.Select(x => x / sum)];
    }

    private static double[][][] Copy(double[][][] values) => [.. values.Select(scale => scale.Select(row => row.ToArray()).ToArray())];
}
