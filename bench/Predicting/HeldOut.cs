using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Predicting;

/// <summary>Keys of a table that are held out, predicted from the others in four ways.</summary>
internal static class HeldOut
{
    private static readonly double[] Shares = [0.1, 0.2, 0.4];

    /// <summary>Prints quantiles of the relative error for each share and way, over all draws together.</summary>
    public static int Run(string path, int seeds)
    {
        LatencyTable table = LatencyTableImport.Load(path);
        (OperatorSpec Spec, double Ms)[] all =
        [
            .. table
                .Entries.Where(entry => entry.Failure is null && entry.MedianMs > 0 && !entry.Spec.IsZeroByDefinition)
                .Select(entry => (entry.Spec, entry.MedianMs)),
        ];
        Dictionary<OperatorSpec, double> truth = all.ToDictionary(one => one.Spec, one => one.Ms);
        Console.WriteLine($"{all.Length} keys of {table.Identity.DeviceName}, {seeds} draws");
        Console.WriteLine("share,way,median,p90,p95,worst,within_bounds");
        foreach (double share in Shares)
        {
            var random = new Tally();
            var chosen = new Tally();
            var nearest = new Tally();
            var linear = new Tally();
            for (int seed = 1; seed <= seeds; seed++)
            {
                int[] order = new StableRandom(seed, 77).Permutation(all.Length);
                (OperatorSpec Spec, double Ms)[] known = [.. order[..(int)(share * all.Length)].Select(i => all[i])],
                    held = [.. order[known.Length..].Select(i => all[i])];
                LatencyPredictor predictor = LatencyPredictor.Learn(known, seed);
                foreach (var (spec, ms) in held)
                {
                    random.Add(predictor.Predict(spec), ms);
                    nearest.Add(SimplerWays.Nearest(spec, known), ms);
                    linear.Add(SimplerWays.Interpolated(spec, known), ms);
                }
                PredictedTable.Result built = PredictedTable
                    .BuildAsync([.. truth.Keys], share, seed, next =>
                        Task.FromResult<IReadOnlyList<LatencyEntry>>([
                            .. next.Select(spec => new LatencyEntry(spec, EntryOrigin.Measured, truth[spec])),
                        ])
                    )
                    .GetAwaiter()
                    .GetResult();
                BetweenTables.Add(chosen, built, truth);
            }
            foreach (var (way, tally) in new[] { ("chosen", chosen), ("random", random), ("linear", linear), ("nearest", nearest) })
                Console.WriteLine(FormattableString.Invariant($"{share},{way},{tally}"));
        }
        return 0;
    }
}
