using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>
/// A network as a search varies it: random keys (Bean, 1994). Numbers stand for alpha, beta and gamma, and a network is what
/// <see cref="Derivation"/> makes of them. So whatever is varied, it is a network of the space, and every network that can be found can be
/// drawn at random.
/// </summary>
/// <param name="Values">Keys of the operators, of the layers at which branches go down, and of the widths.</param>
/// <param name="ShallowEnd">Scale index at which the shallow branch ends: 1 for 16, 0 for 8.</param>
public sealed record Genotype(ArchitectureValues Values, int ShallowEnd)
{
    /// <summary>A random one: each key is uniform in [0, 1).</summary>
    /// <param name="space">The space.</param>
    /// <param name="random">Moves on.</param>
    /// <param name="shallowEnd">The pair; null draws it too.</param>
    public static Genotype Draw(SearchSpace space, ref StableRandom random, int? shallowEnd = null)
    {
        double[][][] alpha = new double[3][][],
            beta = new double[3][][],
            gamma = new double[3][][];
        for (int scale = 0; scale < 3; scale++)
        {
            alpha[scale] = Rows(ref random, space.Layers - scale, SearchSpace.SearchedKinds.Count);
            beta[scale] = scale == 0 ? [] : Rows(ref random, space.Layers - scale - 1, 2);
            gamma[scale] = Rows(ref random, MapRows.Count(space, scale), space.WidthRatios.Count);
        }
        return new(new(alpha, beta, gamma), shallowEnd ?? random.Next(2));
    }

    /// <summary>The network. A teacher has full width and ignores skip.</summary>
    public DerivedArchitecture Derive(SearchSpace space, Role role) => Derivation.Derive(Values, space, role, ShallowEnd);

    /// <summary>A copy in which each row of keys, and the pair, is drawn again with a probability; one at least is.</summary>
    /// <param name="probability">Of each, in (0, 1].</param>
    /// <param name="random">Moves on.</param>
    public Genotype Mutate(double probability, ref StableRandom random)
    {
        ArchitectureValues values = Values.Copy();
        double[][] rows = [.. values.Rows];
        // The place behind the rows is the pair.
        int certain = random.Next(rows.Length + 1);
        for (int row = 0; row < rows.Length; row++)
        {
            if (row == certain || random.NextBool(probability))
                Fill(ref random, rows[row]);
        }
        return new(values, certain == rows.Length || random.NextBool(probability) ? 1 - ShallowEnd : ShallowEnd);
    }

    /// <summary>A child of two: each row of keys, and the pair, is of one of them.</summary>
    public Genotype Cross(Genotype other, ref StableRandom random)
    {
        ArchitectureValues values = Values.Copy();
        double[][] rows = [.. values.Rows],
            others = [.. other.Values.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            if (random.NextBool())
                others[row].CopyTo(rows[row], 0);
        }
        return new(values, random.NextBool() ? other.ShallowEnd : ShallowEnd);
    }

    private static double[][] Rows(ref StableRandom random, int rows, int columns)
    {
        var values = new double[rows][];
        for (int row = 0; row < rows; row++)
            Fill(ref random, values[row] = new double[columns]);
        return values;
    }

    private static void Fill(ref StableRandom random, double[] row)
    {
        for (int column = 0; column < row.Length; column++)
            row[column] = random.NextDouble();
    }
}
