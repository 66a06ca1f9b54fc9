using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Predicting;

/// <summary>Latencies of operators that were not measured, predicted from those that were.</summary>
public sealed class LatencyPredictorTests
{
    private static readonly Lazy<(OperatorSpec Spec, double Ms)[]> Authors = new(() =>
        [
            .. LatencyTableImport
                .Load(SharedFolder.Authors("latency_lookup_table.npy"))
                .Entries.Where(entry => entry.MedianMs > 0)
                .Select(entry => (entry.Spec, entry.MedianMs)),
        ]
    );

    [Theory]
    [InlineData(0.1, 0.09, 0.80), InlineData(0.2, 0.055, 0.85), InlineData(0.4, 0.04, 0.85)]
    public void Entries_of_a_real_table_are_predicted_from_a_share_of_it(double share, double median, double covered)
    {
        (OperatorSpec Spec, double Ms)[] all = Authors.Value;
        int[] order = new StableRandom(5).Permutation(all.Length);
        int known = (int)(share * all.Length);
        LatencyPredictor predictor = LatencyPredictor.Learn([.. order[..known].Select(i => all[i])], seed: 1);
        var held = order[known..].Select(i => (all[i].Ms, Predicted: predictor.Predict(all[i].Spec))).ToArray();

        double[] errors = [.. held.Select(one => Math.Abs((one.Predicted.MedianMs / one.Ms) - 1)).Order()];
        Assert.InRange(errors[errors.Length / 2], 0, median);
        Assert.InRange(held.Average(one => one.Predicted.LowMs <= one.Ms && one.Ms <= one.Predicted.HighMs ? 1.0 : 0), covered, 1);
        // Half as good at most is what the nearest known key of the same group gives.
        double[] nearest =
        [
            .. order[known..].Select(i => Math.Abs((Nearest(all[i].Spec, order[..known].Select(k => all[k])) / all[i].Ms) - 1)).Order(),
        ];
        Assert.True(errors[errors.Length / 2] < nearest[nearest.Length / 2] / 2);
    }

    [Fact]
    public void What_each_is_off_by_from_all_the_others_is_what_leaving_it_out_gives()
    {
        (OperatorSpec Spec, double Ms)[] some = [.. Authors.Value.Where((_, i) => i % 16 == 0)];
        LatencyPredictor whole = LatencyPredictor.With(LatencyKernel.Start, some);
        IReadOnlyList<double> errors = whole.LeaveOneOutErrors();
        for (int i = 0; i < some.Length; i += 7)
        {
            LatencyPredictor without = LatencyPredictor.With(LatencyKernel.Start, [.. some.Where((_, j) => j != i)]);
            // The means that the others are centred by differ a little, and the level is known to within some thousandths.
            Assert.Equal((without.Predict(some[i].Spec).MedianMs / some[i].Ms) - 1, errors[i], 0.02);
        }
    }

    [Fact]
    public void The_next_operator_is_each_time_the_one_whose_measurement_leaves_least_uncertain()
    {
        (OperatorSpec Spec, double Ms)[] known = [.. Authors.Value.Where((_, i) => i % 40 == 0)];
        OperatorSpec[] candidates = [.. Authors.Value.Where((_, i) => i % 20 == 1).Select(one => one.Spec)];

        IReadOnlyList<OperatorSpec> chosen = NextOperators.Choose(LatencyKernel.Start, known.Select(one => one.Spec), candidates, 2);

        // Whatever its latency turns out to be.
        foreach (double ms in new[] { 0.01, 10 })
        {
            Assert.Equal(candidates.Min(spec => LeftBy(known, spec, ms)), LeftBy(known, chosen[0], ms), 1e-3);
            (OperatorSpec, double)[] then = [.. known, (chosen[0], ms)];
            Assert.Equal(candidates.Except([chosen[0]]).Min(spec => LeftBy(then, spec, ms)), LeftBy(then, chosen[1], ms), 1e-3);
        }
        Assert.Equal(candidates.Length, NextOperators.Choose(LatencyKernel.Start, [], candidates, 10_000).Distinct().Count());

        // Variance left of the others, less the noise that no measurement takes away.
        double LeftBy((OperatorSpec Spec, double Ms)[] measured, OperatorSpec spec, double ms)
        {
            var predictor = LatencyPredictor.With(LatencyKernel.Start, [.. measured, (spec, ms)]);
            return candidates
                .Where(other => measured.All(one => one.Spec != other))
                .Sum(other => Math.Pow(predictor.Predict(other).Deviation, 2) - LatencyKernel.Start.Noise);
        }
    }

    /// <summary>With one kernel the bounds take it as if it were certain.</summary>
    [Fact]
    public void Bounds_from_few_measurements_are_wider_than_the_best_kernel_says()
    {
        (OperatorSpec Spec, double Ms)[] few = [.. Authors.Value.Where((_, i) => i % 50 == 0)];
        LatencyPredictor averaged = LatencyPredictor.Learn(few, 1),
            best = LatencyPredictor.With(LatencyPredictor.BestKernel(few, 1), few);
        Assert.True(Widths(averaged) > 1.1 * Widths(best), $"{Widths(averaged)} and {Widths(best)}");

        static double Widths(LatencyPredictor predictor) => Authors.Value.Average(one => predictor.Predict(one.Spec).Deviation);
    }

    [Fact]
    public void The_same_seed_learns_the_same()
    {
        (OperatorSpec Spec, double Ms)[] some = [.. Authors.Value.Where((_, i) => i % 20 == 0)];
        OperatorSpec asked = Authors.Value[7].Spec;
        Assert.Equal(LatencyPredictor.Learn(some, 3).Predict(asked), LatencyPredictor.Learn(some, 3).Predict(asked));
    }

    private static double Nearest(OperatorSpec spec, IEnumerable<(OperatorSpec Spec, double Ms)> known)
    {
        OperatorFeatures asked = OperatorFeatures.Of(spec);
        return known.MinBy(one => Distance(OperatorFeatures.Of(one.Spec), asked)).Ms;
    }

    private static double Distance(OperatorFeatures a, OperatorFeatures b) =>
        (a.Group == b.Group ? 0 : 100) + Math.Abs(a.Size - b.Size) + Math.Abs(a.In - b.In) + Math.Abs(a.Out - b.Out);
}
