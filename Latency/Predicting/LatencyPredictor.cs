using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Predicting;

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
/// Predicts the latencies of operators from measured ones, and from another device's table where one is known. How alike operators are, a
/// few dozen measurements leave uncertain, so predictions are averaged over several kernels. docs/decisions/0010 and 0014 have what this
/// was held against.
/// </summary>
public sealed class LatencyPredictor
{
    private readonly IReadOnlyList<GaussianProcess> processes;
    private readonly KnownTable? table;

    private LatencyPredictor(IReadOnlyList<GaussianProcess> processes, KnownTable? table) =>
        (this.processes, this.table) = (processes, table);

    /// <summary>Learns from measured operators, and from them how alike operators are.</summary>
    /// <param name="measured">At least two, of latencies above 0.</param>
    /// <param name="seed">Of the kernels' search.</param>
    /// <param name="table">Another device's table, with an entry for each of them; null where there is none.</param>
    public static LatencyPredictor Learn(
        IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured,
        int seed,
        KnownTable? table = null
    ) => new(KernelSearch.Sample(With(measured, table), LatencyKernel.Expected(table), seed), table);

    /// <summary>Learns from measured operators with a kernel that is known.</summary>
    public static LatencyPredictor With(
        LatencyKernel kernel,
        IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured,
        KnownTable? table = null
    ) => new([With(measured, table)(kernel)], table);

    /// <summary>The most probable kernel, which is quicker to find than several.</summary>
    internal static LatencyKernel BestKernel(
        IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured,
        int seed,
        KnownTable? table = null
    ) => KernelSearch.Best(With(measured, table), LatencyKernel.Expected(table), seed).Kernel;

    /// <summary>The latency of an operator that was not measured.</summary>
    /// <param name="spec">The operator; the other device's table, where there is one, has an entry for it.</param>
    public PredictedLatency Predict(OperatorSpec spec)
    {
        var asked = OperatorFeatures.Of(spec, table);
        (double Mean, double Variance)[] each = [.. processes.Select(process => process.Predict(asked))];
        double mean = each.Average(one => one.Mean);
        return new(Math.Exp(mean), Math.Sqrt(each.Average(one => one.Variance + ((one.Mean - mean) * (one.Mean - mean)))));
    }

    /// <summary>
    /// Relative errors of each measured operator as it would be predicted from all the others, with the same kernels. Those that are
    /// measured next are chosen far from the measured ones, so the rest is rather nearer, and these are rather too large.
    /// </summary>
    public IReadOnlyList<double> LeaveOneOutErrors()
    {
        IReadOnlyList<double>[] each = [.. processes.Select(process => process.LeaveOneOut())];
        return [.. Enumerable.Range(0, each[0].Count).Select(i => Math.Exp(each.Average(differences => differences[i])) - 1)];
    }

    private static Func<LatencyKernel, GaussianProcess> With(
        IReadOnlyCollection<(OperatorSpec Spec, double Ms)> measured,
        KnownTable? table
    )
    {
        if (measured.Count < 2)
            throw new ArgumentException("Two latencies are the least to learn from.", nameof(measured));
        OperatorFeatures[] seen = [.. measured.Select(one => OperatorFeatures.Of(one.Spec, table))];
        double[] logs = [.. measured.Select(one => Math.Log(one.Ms))];
        return kernel => new(seen, logs, kernel);
    }
}
