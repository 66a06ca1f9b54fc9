using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Predicting;

/// <summary>Builds a table from some of its operators: measures those that tell most of the others, and predicts the rest.</summary>
public static class PredictedTable
{
    // Between two fits so many are measured; the kernel learns from what came. Half of the budget goes to the first round, whose kernel is
    // a guess.
    private const int LeastFirst = 8,
        LeastRound = 12,
        Rounds = 5;

    /// <summary>What was built.</summary>
    /// <param name="Entries">One for each operator of the space: measured, predicted with bounds, or 0 by definition.</param>
    /// <param name="Errors">Relative errors of each measured operator as predicted from all the others; what a prediction is expected to be
    /// off by.</param>
    public sealed record Result(IReadOnlyList<LatencyEntry> Entries, IReadOnlyList<double> Errors);

    /// <summary>Measures and predicts.</summary>
    /// <param name="specs">The operators of the space.</param>
    /// <param name="budget">Of them, those to measure: up to 1 a share, above a number.</param>
    /// <param name="seed">Of the kernel's search.</param>
    /// <param name="measure">Measures operators, in any order.</param>
    /// <param name="known">Another device's table that the predictions begin with; null where there is none. What it lacks is measured
    /// first.</param>
    public static async Task<Result> BuildAsync(
        IReadOnlyList<OperatorSpec> specs,
        double budget,
        int seed,
        Func<IReadOnlyList<OperatorSpec>, Task<IReadOnlyList<LatencyEntry>>> measure,
        KnownTable? known = null
    )
    {
        List<OperatorSpec> left = [.. specs.Where(spec => !spec.IsZeroByDefinition)];
        int count = Budget(specs, budget);
        var measured = new Dictionary<OperatorSpec, LatencyEntry>();
        OperatorSpec[] lacking = known is null ? [] : [.. left.Where(spec => known.Find(spec) is null).Take(count)];
        left.RemoveAll(lacking.Contains);
        IReadOnlyList<OperatorSpec> next =
        [
            .. lacking,
            .. NextOperators.Choose(
                LatencyKernel.Expected(known),
                [],
                left,
                Math.Min(Math.Max(LeastFirst, count / 2), count - lacking.Length),
                known
            ),
        ];
        List<(OperatorSpec Spec, double Ms)> usable;
        while (true)
        {
            foreach (LatencyEntry entry in await measure(next))
                measured[entry.Spec] = entry;
            left.RemoveAll(measured.ContainsKey);
            usable = Usable(measured.Values, known);
            int round = Math.Min(Math.Min(count - measured.Count, left.Count), Math.Max(LeastRound, count / Rounds));
            if (round <= 0)
                break;
            LatencyKernel kernel = usable.Count < 2 ? LatencyKernel.Expected(known) : LatencyPredictor.BestKernel(usable, seed, known);
            next = NextOperators.Choose(kernel, [.. usable.Select(one => one.Spec)], left, round, known);
        }
        LatencyPredictor? predictor = left.Count == 0 || usable.Count < 2 ? null : LatencyPredictor.Learn(usable, seed, known);
        LatencyEntry[] entries =
        [
            .. specs.Select(spec =>
                measured.TryGetValue(spec, out LatencyEntry? entry) ? entry
                : spec.IsZeroByDefinition ? LatencyEntry.Defined(spec)
                : predictor is null ? LatencyEntry.Failed(spec, "Too few operators could be measured to predict this one from.")
                : Entry(spec, predictor.Predict(spec))
            ),
        ];
        return new(entries, predictor?.LeaveOneOutErrors() ?? []);
    }

    /// <summary>How many operators a budget is; two are the least that something can be predicted from.</summary>
    /// <param name="specs">The operators of the space.</param>
    /// <param name="budget">Up to 1 a share of those that are not 0 by definition, above a number of them.</param>
    public static int Budget(IReadOnlyList<OperatorSpec> specs, double budget)
    {
        int all = specs.Count(spec => !spec.IsZeroByDefinition);
        return (int)Math.Clamp(budget <= 1 ? Math.Ceiling(budget * all) : budget, Math.Min(2, all), all);
    }

    /// <summary>Those to learn from, in an order that does not depend on that of measuring.</summary>
    private static List<(OperatorSpec Spec, double Ms)> Usable(IEnumerable<LatencyEntry> entries, KnownTable? known) =>
        [
            .. entries
                .Where(entry => entry.Failure is null && (known is null || known.Find(entry.Spec) is not null))
                .OrderBy(entry => entry.Spec.ToString(), StringComparer.Ordinal)
                .Select(entry => (entry.Spec, entry.MedianMs)),
        ];

    private static LatencyEntry Entry(OperatorSpec spec, PredictedLatency predicted) =>
        new(spec, EntryOrigin.Predicted, predicted.MedianMs, Bounds: new PredictionBounds(predicted.LowMs, predicted.HighMs));
}
