using FasterSeg.Operators.Spaces;
using MathNet.Numerics.LinearAlgebra;

namespace FasterSeg.Search.Client.Predicting;

/// <summary>A predicted latency with its error bar.</summary>
/// <param name="MedianMs">As likely too high as too low, ms.</param>
/// <param name="Deviation">Standard deviation of the latency's natural logarithm: about the relative error to expect.</param>
public readonly record struct PredictedLatency(double MedianMs, double Deviation)
{
    private const double Normal95 = 1.959964;

    /// <summary>Lower end of the interval in which the latency lies with 95 % probability, ms.</summary>
    public double LowMs => MedianMs * Math.Exp(-Normal95 * Deviation);

    /// <summary>Its upper end, ms.</summary>
    public double HighMs => MedianMs * Math.Exp(Normal95 * Deviation);
}

/// <summary>
/// Predicts the latencies of operators from measured ones: a Gaussian process over the logarithm of the latency (Rasmussen and Williams 2006,
/// algorithm 2.1). docs/decisions/0010 has what it was held against.
/// </summary>
public sealed class LatencyPredictor
{
    private readonly LatencyKernel kernel;
    private readonly OperatorFeatures[] known;
    private readonly double meanWork, meanTraffic, meanLog;
    private readonly Matrix<double> factor;
    private readonly Vector<double> weights;

    private LatencyPredictor(LatencyKernel kernel, OperatorFeatures[] known, Vector<double> logs)
    {
        (this.kernel, this.known) = (kernel, known);
        (meanWork, meanTraffic, meanLog) = (known.Average(f => f.LogWork), known.Average(f => f.LogTraffic), logs.Average());
        Matrix<double> covariance = Matrix<double>.Build.Dense(known.Length, known.Length, (i, j) => Covariance(known[i], known[j]) + (i == j ? kernel.Noise : 0));
        var cholesky = covariance.Cholesky();
        factor = cholesky.Factor;
        Vector<double> centred = logs - meanLog;
        weights = cholesky.Solve(centred);
        LogLikelihood = -(0.5 * centred.DotProduct(weights)) - (0.5 * cholesky.DeterminantLn) - (0.5 * known.Length * Math.Log(2 * Math.PI));
    }

    /// <summary>How well the measurements agree with the kernel (the marginal likelihood's logarithm).</summary>
    public double LogLikelihood { get; }

    /// <summary>What the kernel's search found.</summary>
    public LatencyKernel Kernel => kernel;

    /// <summary>Learns from measured operators, and from them how alike operators are.</summary>
    /// <param name="measured">At least two, of latencies above 0.</param>
    /// <param name="seed">Of the kernel's search.</param>
    public static LatencyPredictor Learn(IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured, int seed)
    {
        (OperatorFeatures[] known, Vector<double> logs) = Prepared(measured);
        return KernelSearch.Best(kernel => new(kernel, known, logs), seed);
    }

    /// <summary>Learns from measured operators with a kernel that is known.</summary>
    public static LatencyPredictor With(LatencyKernel kernel, IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured)
    {
        (OperatorFeatures[] known, Vector<double> logs) = Prepared(measured);
        return new(kernel, known, logs);
    }

    /// <summary>The latency of an operator that was not measured.</summary>
    public PredictedLatency Predict(OperatorSpec spec)
    {
        OperatorFeatures asked = OperatorFeatures.Of(spec);
        Vector<double> with = WithKnown(asked), explained = ForwardSolve(with);
        double variance = Math.Max(0, Covariance(asked, asked) - explained.DotProduct(explained));
        return new(Math.Exp(meanLog + with.DotProduct(weights)), Math.Sqrt(variance + kernel.Noise));
    }

    /// <summary>
    /// Relative errors of each known operator as it would be predicted from all the others, with the same kernel (Rasmussen and Williams 2006,
    /// equation 5.12). Those that are measured next are chosen far from the known ones, so the rest is rather nearer, and these are rather too large.
    /// </summary>
    public IReadOnlyList<double> LeaveOneOutErrors()
    {
        Matrix<double> inverse = factor.Inverse();
        Matrix<double> precision = inverse.TransposeThisAndMultiply(inverse);
        return [.. Enumerable.Range(0, known.Length).Select(i => Math.Exp(-weights[i] / precision[i, i]) - 1)];
    }

    /// <summary>Covariance of two operators' latencies, in logarithms.</summary>
    internal double Covariance(in OperatorFeatures a, in OperatorFeatures b) => kernel.Covariance(a, b, meanWork, meanTraffic);

    /// <summary>What the known operators explain of an operator's variance is the squared length of this.</summary>
    internal Vector<double> Explained(OperatorFeatures asked) => ForwardSolve(WithKnown(asked));

    private static (OperatorFeatures[] Known, Vector<double> Logs) Prepared(IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured)
    {
        if (measured.Count < 2) throw new ArgumentException("Two latencies are the least to learn from.", nameof(measured));
        return ([.. measured.Select(one => OperatorFeatures.Of(one.Spec))], Vector<double>.Build.DenseOfEnumerable(measured.Select(one => Math.Log(one.Ms))));
    }

    private Vector<double> WithKnown(OperatorFeatures asked) => Vector<double>.Build.Dense(known.Length, i => Covariance(known[i], asked));

    private Vector<double> ForwardSolve(Vector<double> right)
    {
        double[] solved = right.ToArray();
        for (int i = 0; i < solved.Length; i++)
        {
            for (int j = 0; j < i; j++) solved[i] -= factor[i, j] * solved[j];
            solved[i] /= factor[i, i];
        }
        return Vector<double>.Build.Dense(solved);
    }
}
