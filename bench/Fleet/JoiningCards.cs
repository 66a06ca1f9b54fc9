using System.Globalization;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Simulated;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Bench.Fleet;

/// <summary>How many cards of each sort are merged and refused.</summary>
internal static class JoiningCards
{
    private const double Off = 0.02;

    /// <summary>Prints the shares.</summary>
    public static void Run(int cards, int seed)
    {
        IReadOnlyList<OperatorSpec> plan = CalibrationPlan.Of(SearchSpace.Paper(256, 512), CalibrationPlan.Most);
        foreach (CardNoise noise in new[] { CardNoise.Quiet, CardNoise.SlowSessions, CardNoise.Restless, CardNoise.Noisy })
        {
            Console.WriteLine($"{noise.Name}, {cards} cards a row:");
            Console.WriteLine();
            Console.WriteLine(
                "| card | refused | merged | of them after 12 | with a factor | the factor's error, 95 % | it is stated as |"
            );
            Console.WriteLine("|---|---|---|---|---|---|---|");
            int row = 0;
            foreach ((string name, NoisyCard card) in Sorts(noise, plan))
                Console.WriteLine(Row(name, card, plan, cards, seed, row++));
            Console.WriteLine();
        }
    }

    private static IEnumerable<(string, NoisyCard)> Sorts(CardNoise noise, IReadOnlyList<OperatorSpec> plan)
    {
        var good = new NoisyCard(noise);
        yield return ("good", good);
        foreach (double factor in new[] { 1.05, 0.95, 1.1, 0.9 })
            yield return (string.Create(CultureInfo.InvariantCulture, $"common factor {factor:0.00}"), good with { Factor = factor });
        yield return ("common factor 1.40", good with { Factor = 1.4 });
        foreach (double scatter in new[] { 0.002, 0.005, 0.01, 0.02 })
            yield return (
                string.Create(CultureInfo.InvariantCulture, $"own scatter {100 * scatter:0.0} %"),
                good with
                {
                    OwnScatter = scatter,
                }
            );
        foreach (OperatorKind kind in plan.Select(spec => spec.Kind).Distinct())
        {
            foreach (double off in new[] { 1 + Off, 1 - Off })
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"{OperatorKey.NameOf(kind)} {100 * (off - 1):+0;-0} %"),
                    good with
                    {
                        OddKind = kind,
                        OddFactor = off,
                    }
                );
        }
        yield return ("conv +2 %, common factor 1.05", good with { OddKind = OperatorKind.Conv, OddFactor = 1 + Off, Factor = 1.05 });
    }

    private static string Row(string name, NoisyCard card, IReadOnlyList<OperatorSpec> plan, int cards, int seed, int row)
    {
        int refused = 0,
            atOnce = 0,
            withFactor = 0;
        List<double> errors = [],
            stated = [];
        for (int i = 0; i < cards; i++)
        {
            var random = new StableRandom(seed, i, 1 + row);
            (CardVerdict verdict, int measured) = card.Join(plan, ref random);
            if (!verdict.IsMerged)
            {
                refused++;
                continue;
            }
            atOnce += measured == CalibrationPlan.Few ? 1 : 0;
            withFactor += verdict.Answer == CardAnswer.MergedWithFactor ? 1 : 0;
            errors.Add(Math.Abs((verdict.Factor / card.Factor) - 1));
            stated.Add(1.96 * verdict.FactorError);
        }
        errors.Sort();
        int merged = errors.Count;
        string factor =
            merged == 0
                ? "|"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * errors[(int)(0.95 * (merged - 1))]:0.00} % | {100 * stated.Average():0.00} %"
                );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {100.0 * refused / cards:0.00} % | {merged} | {atOnce} | {withFactor} | {factor} |"
        );
    }
}
