using MathNet.Numerics.LinearAlgebra;

namespace FasterSeg.Latency.Predicting;

/// <summary>
/// A Gaussian process over the logarithms of latencies with one kernel (Rasmussen and Williams 2006, algorithm 2.1), or, where another
/// device's table is known, over the logarithms of the ratios to what is plausible there.
/// </summary>
internal sealed class GaussianProcess
{
    private readonly OperatorFeatures[] seen;
    private readonly FeatureMeans means;
    private readonly double meanLog;
    private readonly Matrix<double> factor;
    private readonly Vector<double> weights;

    /// <summary>Learns.</summary>
    /// <param name="seen">Measured operators, at least one.</param>
    /// <param name="logs">Natural logarithms of their latencies, ms.</param>
    /// <param name="kernel">How alike operators are.</param>
    /// <exception cref="ArgumentException">Rounding has left a covariance that is not positive definite.</exception>
    public GaussianProcess(OperatorFeatures[] seen, double[] logs, LatencyKernel kernel)
    {
        (Kernel, this.seen) = (kernel, seen);
        Vector<double> ratios = Vector<double>.Build.DenseOfEnumerable(logs.Zip(seen, (log, features) => log - features.Known));
        (means, meanLog) = (FeatureMeans.Of(seen), ratios.Average());
        var covariance = Matrix<double>.Build.Dense(seen.Length, seen.Length, (i, j) =>
            kernel.Covariance(seen[i], seen[j], means) + (i == j ? kernel.Noise : 0)
        );
        var cholesky = covariance.Cholesky();
        factor = cholesky.Factor;
        Vector<double> centred = ratios - meanLog;
        weights = cholesky.Solve(centred);
        LogLikelihood = -(0.5 * centred.DotProduct(weights)) - (0.5 * cholesky.DeterminantLn) - (0.5 * seen.Length * Math.Log(2 * Math.PI));
    }

    /// <summary>How well the measurements agree with the kernel (the marginal likelihood's logarithm).</summary>
    public double LogLikelihood { get; }

    /// <summary>How alike operators are.</summary>
    public LatencyKernel Kernel { get; }

    /// <summary>Mean and variance of the logarithm of an operator's latency.</summary>
    public (double Mean, double Variance) Predict(OperatorFeatures asked)
    {
        var with = Vector<double>.Build.Dense(seen.Length, i => kernel(seen[i], asked));
        Vector<double> explained = ForwardSolve(with);
        return (
            asked.Known + meanLog + with.DotProduct(weights),
            Math.Max(0, kernel(asked, asked) - explained.DotProduct(explained)) + Kernel.Noise
        );

        double kernel(OperatorFeatures a, OperatorFeatures b) => Kernel.Covariance(a, b, means);
    }

    /// <summary>
    /// For each measured operator what the logarithm would be predicted to be from all the others, less what it is (Rasmussen and Williams
    /// 2006, equation 5.12).
    /// </summary>
    public IReadOnlyList<double> LeaveOneOut()
    {
        // The diagonal of the covariance's inverse.
        Vector<double> precision = factor.Inverse().ColumnNorms(2).PointwisePower(2);
        return [.. weights.Select((weight, i) => -weight / precision[i])];
    }

    /// <summary>For each measured operator what of the logarithm is taken for noise: what it is less what all of them, itself among them,
    /// make of it.</summary>
    public IReadOnlyList<double> Noise() => [.. weights.Select(weight => Kernel.Noise * weight)];

    private Vector<double> ForwardSolve(Vector<double> right)
    {
        double[] solved = right.ToArray();
        for (int i = 0; i < solved.Length; i++)
        {
            for (int j = 0; j < i; j++)
                solved[i] -= factor[i, j] * solved[j];
            solved[i] /= factor[i, i];
        }
        return Vector<double>.Build.Dense(solved);
    }
}
