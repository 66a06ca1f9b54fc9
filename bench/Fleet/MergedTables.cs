using System.Globalization;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Simulated;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Fleet;

/// <summary>Tables of four cards that differ, beside tables of one card and tables that leave out the factors.</summary>
internal static class MergedTables
{
    private const int Cards = 4;
    private const int Stint = 25;
    private const double Difference = 0.015;

    /// <summary>Prints the errors of single, merged and uncorrected tables.</summary>
    public static void Run(int tables, int seed)
    {
        var space = SearchSpace.Paper(256, 512);
        OperatorSpec[] specs = [.. space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition)];
        IReadOnlyList<OperatorSpec> plan = CalibrationPlan.Of(space, CalibrationPlan.Most);
        Console.WriteLine(
            $"{tables} tables of {specs.Length} operators, the reference and {Cards - 1} cards that differ from it by a common factor "
                + $"(standard deviation {100 * Difference} %); 95 % of the entries are off by less than:"
        );
        Console.WriteLine();
        Console.WriteLine("| noise | one card | merged | times one card's | not corrected | cards merged | after 12 |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (CardNoise noise in new[] { CardNoise.Quiet, CardNoise.SlowSessions, CardNoise.Restless, CardNoise.Noisy })
            Console.WriteLine(Row(noise, specs, plan, tables, seed));
        Console.WriteLine();
    }

    private static string Row(CardNoise noise, OperatorSpec[] specs, IReadOnlyList<OperatorSpec> plan, int tables, int seed)
    {
        List<double> single = [],
            merged = [],
            uncorrected = [];
        int joined = 0,
            atOnce = 0;
        for (int table = 0; table < tables; table++)
        {
            var random = new StableRandom(seed, table, 0);
            var reference = new NoisyCard(noise);
            List<(NoisyCard Card, double Factor)> all = [(reference, 1)],
                taken = [(reference, 1)];
            for (int i = 1; i < Cards; i++)
            {
                NoisyCard card = reference with { Factor = Math.Exp(Difference * random.NextGaussian()) };
                (CardVerdict verdict, int measured) = card.Join(plan, ref random);
                all.Add((card, 1));
                if (!verdict.IsMerged)
                    continue;
                taken.Add((card, verdict.Factor));
                joined++;
                atOnce += measured == CalibrationPlan.Few ? 1 : 0;
            }
            Measure([(reference, 1)], specs, single, ref random);
            Measure(taken, specs, merged, ref random);
            Measure(all, specs, uncorrected, ref random);
        }
        (double one, double together) = (Bound(single), Bound(merged));
        int asked = tables * (Cards - 1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {noise.Name} | {100 * one:0.000} % | {100 * together:0.000} % | {together / one:0.00} | "
                + $"{100 * Bound(uncorrected):0.00} % | {joined} of {asked} | {atOnce} |"
        );
    }

    /// <summary>Cards take stints in turns; each entry's error is against what the reference takes in truth.</summary>
    private static void Measure(
        List<(NoisyCard Card, double Factor)> cards,
        OperatorSpec[] specs,
        List<double> errors,
        ref StableRandom random
    )
    {
        int[] order = random.Permutation(specs.Length);
        for (int i = 0; i < order.Length; i++)
        {
            (NoisyCard card, double factor) = cards[i / Stint % cards.Count];
            OperatorSpec spec = specs[order[i]];
            LatencyEntry entry = card.Noise.Measure(spec, card.TrueMs(spec, own: 0), ref random);
            errors.Add(Math.Abs((MergedEntry.Of(entry, "card", factor).MedianMs / NoisyCard.ReferenceMs(spec)) - 1));
        }
    }

    private static double Bound(List<double> errors)
    {
        errors.Sort();
        return errors[(int)(0.95 * (errors.Count - 1))];
    }
}
