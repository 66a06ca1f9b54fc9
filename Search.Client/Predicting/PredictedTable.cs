using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;

namespace FasterSeg.Search.Client.Predicting;

/// <summary>Builds a table from a share of its operators: measures those about which least is known, and predicts the rest.</summary>
public static class PredictedTable
{
    // Between two fits so many are measured; the kernel learns from what came.
    private const int LeastRound = 12, Rounds = 5;

    /// <summary>What was built.</summary>
    /// <param name="Entries">One for each operator of the space: measured, predicted with bounds, or 0 by definition.</param>
    /// <param name="Errors">Relative errors of each measured operator as predicted from all the others; what a prediction is expected to be off by.</param>
    public sealed record Result(IReadOnlyList<LatencyEntry> Entries, IReadOnlyList<double> Errors);

    /// <summary>Measures and predicts.</summary>
    /// <param name="specs">The operators of the space.</param>
    /// <param name="share">Of them, those to measure, in (0, 1].</param>
    /// <param name="seed">Of the kernel's search.</param>
    /// <param name="measure">Measures operators, in any order.</param>
    public static async Task<Result> BuildAsync(IReadOnlyList<OperatorSpec> specs, double share, int seed,
        Func<IReadOnlyList<OperatorSpec>, Task<IReadOnlyList<LatencyEntry>>> measure)
    {
        List<OperatorSpec> left = [.. specs.Where(spec => !spec.IsZeroByDefinition)];
        int budget = Budget(specs, share);
        var measured = new Dictionary<OperatorSpec, LatencyEntry>();
        IReadOnlyList<OperatorSpec> next = FirstOperators(left, budget);
        while (true)
        {
            foreach (LatencyEntry entry in await measure(next)) measured[entry.Spec] = entry;
            left.RemoveAll(measured.ContainsKey);
            int open = Math.Min(budget - measured.Count, left.Count);
            if (open <= 0) break;
            int round = Math.Min(open, Math.Max(LeastRound, budget / Rounds));
            List<(OperatorSpec, double)> usable = Usable(measured.Values);
            next = usable.Count < 2 ? [.. left.Take(round)] : NextOperators.Choose(LatencyPredictor.Learn(usable, seed), left, round);
        }
        List<(OperatorSpec Spec, double Ms)> known = Usable(measured.Values);
        LatencyPredictor? predictor = left.Count == 0 || known.Count < 2 ? null : LatencyPredictor.Learn(known, seed);
        LatencyEntry[] entries = [.. specs.Select(spec => measured.TryGetValue(spec, out LatencyEntry? entry) ? entry
            : spec.IsZeroByDefinition ? new LatencyEntry(spec, EntryOrigin.Defined, MedianMs: 0)
            : predictor is null ? LatencyEntry.Failed(spec, "Too few operators could be measured to predict this one from.")
            : Entry(spec, predictor.Predict(spec)))];
        return new(entries, predictor?.LeaveOneOutErrors() ?? []);
    }

    /// <summary>How many operators a share of them is; two are the least that something can be predicted from.</summary>
    public static int Budget(IReadOnlyList<OperatorSpec> specs, double share)
    {
        int all = specs.Count(spec => !spec.IsZeroByDefinition);
        return Math.Clamp((int)Math.Ceiling(share * all), Math.Min(2, all), all);
    }

    /// <summary>Before anything is known: the middle one of each group by its work, and of as many as the budget allows the smallest and the largest.</summary>
    private static List<OperatorSpec> FirstOperators(IEnumerable<OperatorSpec> specs, int budget)
    {
        OperatorSpec[][] groups = [.. specs.GroupBy(spec => OperatorFeatures.Of(spec).Group)
            .Select(group => group.OrderBy(spec => OperatorFeatures.Of(spec).LogWork).ThenBy(spec => spec.ToString(), StringComparer.Ordinal).ToArray())];
        IEnumerable<OperatorSpec> middles = groups.Select(group => group[group.Length / 2]), ends = groups.SelectMany(group => new[] { group[0], group[^1] });
        return [.. middles.Concat(ends).Distinct().Take(Math.Max(2, budget / 2))];
    }

    private static List<(OperatorSpec Spec, double Ms)> Usable(IEnumerable<LatencyEntry> entries) =>
        [.. entries.Where(entry => entry.Failure is null).OrderBy(entry => entry.Spec.ToString(), StringComparer.Ordinal).Select(entry => (entry.Spec, entry.MedianMs))];

    private static LatencyEntry Entry(OperatorSpec spec, PredictedLatency predicted) =>
        new(spec, EntryOrigin.Predicted, predicted.MedianMs, Bounds: new PredictionBounds(predicted.LowMs, predicted.HighMs));
}
