using MathNet.Numerics.LinearAlgebra;

namespace FasterSeg.Latency.Correcting;

/// <summary>Least squares with coefficients that are not negative, exactly: of all subsets of the columns, the best one whose unbounded
/// solution has no negative coefficient.</summary>
public static class NonNegativeLeastSquares
{
    /// <summary>More columns than this are too many subsets.</summary>
    public const int MostColumns = 10;

    /// <summary>The coefficients, none negative, under which the rows' relative errors are least: each row is divided by its
    /// target.</summary>
    /// <param name="columns">As in <see cref="Solve"/>.</param>
    /// <param name="target">Above 0.</param>
    public static double[] SolveRelative(IReadOnlyList<double[]> columns, double[] target) =>
        Solve([.. columns.Select(column => column.Zip(target, (value, aim) => value / aim).ToArray())], [.. target.Select(_ => 1.0)]);

    /// <summary>The coefficients x, none negative, that make |A x - b| least; columns that would need a negative one have 0.</summary>
    /// <param name="columns">The columns of A, each with a value for each row.</param>
    /// <param name="target">b.</param>
    public static double[] Solve(IReadOnlyList<double[]> columns, double[] target)
    {
        if (columns.Count is 0 or > MostColumns)
            throw new ArgumentException($"{columns.Count} columns are none, or too many.", nameof(columns));
        double[] best = new double[columns.Count];
        double least = Vector<double>.Build.Dense(target).L2Norm();
        for (int subset = 1; subset < 1 << columns.Count; subset++)
        {
            int[] chosen = [.. Enumerable.Range(0, columns.Count).Where(i => (subset >> i & 1) == 1)];
            if (chosen.Length > target.Length)
                continue;
            Matrix<double> matrix = Matrix<double>.Build.DenseOfColumnArrays(chosen.Select(i => columns[i]));
            Vector<double> right = Vector<double>.Build.Dense(target),
                solved = matrix.QR().Solve(right);
            if (solved.Any(value => !(value >= 0) || double.IsInfinity(value)))
                continue;
            double rest = ((matrix * solved) - right).L2Norm();
            if (rest >= least)
                continue;
            least = rest;
            Array.Clear(best);
            for (int i = 0; i < chosen.Length; i++)
                best[chosen[i]] = solved[i];
        }
        return best;
    }
}
