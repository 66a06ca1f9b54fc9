using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Predicting;

/// <summary>A whole table of a new device, predicted from another one's table and a few of its own keys in several ways.</summary>
internal static class BetweenTables
{
    private static readonly int[] Counts = [12, 24, 36, 60];

    /// <summary>Prints quantiles of the relative error at the keys that a way has not seen, for each number of measurements, over all draws
    /// together.</summary>
    /// <param name="from">The known table's file.</param>
    /// <param name="to">The new device's table's file.</param>
    /// <param name="seeds">Draws.</param>
    public static int Run(string from, string to, int seeds)
    {
        LatencyTable old = LatencyTableImport.Load(from),
            table = LatencyTableImport.Load(to);
        IReadOnlyList<ComparedEntry> both = TableComparison.Of(old, table).Entries;
        Dictionary<OperatorSpec, double> before = both.ToDictionary(entry => entry.Spec, entry => entry.First.MedianMs),
            truth = both.ToDictionary(entry => entry.Spec, entry => entry.Second.MedianMs);
        // Both have an entry for each of these, so nothing is lacking whatever the budget.
        var known = KnownTable.Of(old);
        OperatorSpec[] specs = [.. truth.Keys];
        Console.WriteLine(
            $"{specs.Length} keys, from {old.Identity.DeviceName} ({old.Identity.Threads} threads) to "
                + $"{table.Identity.DeviceName} ({table.Identity.Threads} threads), {seeds} draws"
        );
        Console.WriteLine("measured,way,median,p90,p95,worst,within_bounds");
        foreach (int count in Counts.Where(count => count < specs.Length))
        {
            var ways = new Dictionary<string, Tally>
            {
                ["chosen"] = new(),
                ["random"] = new(),
                ["scaled"] = new(),
                ["scaled by kind"] = new(),
                ["alone"] = new(),
            };
            for (int seed = 1; seed <= seeds; seed++)
            {
                int[] order = new StableRandom(seed, 77).Permutation(specs.Length);
                OperatorSpec[] seen = [.. order[..count].Select(i => specs[i])];
                var predictor = LatencyPredictor.Learn([.. seen.Select(spec => (spec, truth[spec]))], seed, known);
                foreach (OperatorSpec spec in order[count..].Select(i => specs[i]))
                {
                    ways["random"].Add(predictor.Predict(spec), truth[spec]);
                    ways["scaled"].Add(before[spec] * MedianRatio(seen), truth[spec]);
                    OperatorSpec[] alike = [.. seen.Where(one => (one.Kind, one.Stride) == (spec.Kind, spec.Stride))];
                    ways["scaled by kind"].Add(before[spec] * MedianRatio(alike.Length > 0 ? alike : seen), truth[spec]);
                }
                Add(ways["chosen"], Build(known), truth);
                Add(ways["alone"], Build(null), truth);

                PredictedTable.Result Build(KnownTable? begin) =>
                    PredictedTable
                        .BuildAsync(
                            specs,
                            count,
                            seed,
                            next =>
                                Task.FromResult<IReadOnlyList<LatencyEntry>>([
                                    .. next.Select(spec => new LatencyEntry(spec, EntryOrigin.Measured, truth[spec])),
                                ]),
                            begin
                        )
                        .GetAwaiter()
                        .GetResult();
            }
            foreach ((string way, Tally tally) in ways)
                Console.WriteLine(FormattableString.Invariant($"{count},{way},{tally}"));
        }
        return 0;

        double MedianRatio(OperatorSpec[] some)
        {
            double[] sorted = [.. some.Select(spec => truth[spec] / before[spec]).Order()];
            return Math.Sqrt(sorted[(sorted.Length - 1) / 2] * sorted[sorted.Length / 2]);
        }
    }

    /// <summary>Adds what a table predicts.</summary>
    internal static void Add(Tally tally, PredictedTable.Result built, Dictionary<OperatorSpec, double> truth)
    {
        foreach (LatencyEntry entry in built.Entries)
        {
            if (entry.Bounds is { } bounds)
                tally.Add(entry.MedianMs, truth[entry.Spec], bounds.LowMs <= truth[entry.Spec] && truth[entry.Spec] <= bounds.HighMs);
        }
    }
}
