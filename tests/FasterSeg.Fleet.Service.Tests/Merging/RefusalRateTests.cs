using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Simulated;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Tests.Merging;

/// <summary>What the limits are chosen for, with fixed seeds; bench/Fleet has more.</summary>
public sealed class RefusalRateTests
{
    private const int Good = 300;
    private const int Odd = 40;

    private static readonly IReadOnlyList<OperatorSpec> Plan = CalibrationPlan.Of(SearchSpace.Paper(256, 512), CalibrationPlan.Most);

    [Theory]
    [InlineData("quiet", 1)]
    [InlineData("quiet", 1.05)]
    [InlineData("quiet", 0.9)]
    [InlineData("slow", 1)]
    [InlineData("slow", 1.1)]
    public void A_good_card_is_refused_in_one_of_a_hundred_at_most(string noise, double factor)
    {
        var card = new NoisyCard(Noise(noise)) { Factor = factor };
        CardVerdict[] verdicts = [.. Enumerable.Range(0, Good).Select(seed => Join(card, seed).Verdict)];
        Assert.InRange(verdicts.Count(verdict => !verdict.IsMerged), 0, Good / 100);
        double[] errors = [.. verdicts.Where(verdict => verdict.IsMerged).Select(verdict => Math.Abs(verdict.Factor / factor - 1)).Order()];
        Assert.InRange(errors[(int)(0.95 * errors.Length)], 0, 0.002);
    }

    [Theory, InlineData("quiet"), InlineData("slow")]
    public void A_card_of_which_any_one_kind_is_2_percent_off_is_refused_in_99_of_a_hundred(string noise)
    {
        int merged = 0,
            asked = 0;
        foreach (OperatorKind kind in Enum.GetValues<OperatorKind>())
        {
            foreach (double odd in new[] { 0.98, 1.02 })
            {
                var card = new NoisyCard(Noise(noise))
                {
                    OddKind = kind,
                    OddFactor = odd,
                    Factor = 1.03,
                };
                for (int seed = 0; seed < Odd; seed++, asked++)
                {
                    CardVerdict verdict = Join(card, seed).Verdict;
                    if (verdict.IsMerged)
                        merged++;
                    else if (noise == "quiet")
                        Assert.Contains(OperatorKey.NameOf(kind), verdict.Reason, StringComparison.Ordinal);
                }
            }
        }
        Assert.InRange(merged, 0, asked / 100);
    }

    [Fact]
    public void Twelve_operators_are_enough_for_most_quiet_cards() =>
        Assert.InRange(
            Enumerable.Range(0, Odd).Count(seed => Join(new NoisyCard(CardNoise.Quiet), seed).Measured == 12),
            (int)(0.9 * Odd),
            Odd
        );

    [Fact]
    public void A_card_whose_operators_scatter_by_2_percent_is_refused() =>
        Assert.All(Enumerable.Range(0, Odd), seed =>
            Assert.False(Join(new NoisyCard(CardNoise.Quiet) { OwnScatter = 0.02 }, seed).Verdict.IsMerged)
        );

    private static CardNoise Noise(string name) => name == "quiet" ? CardNoise.Quiet : CardNoise.SlowSessions;

    private static (CardVerdict Verdict, int Measured) Join(NoisyCard card, int seed)
    {
        var random = new StableRandom(19, seed, (int)(1000 * card.Factor), (int)(card.OddKind ?? 0), (int)(1000 * card.OddFactor));
        return card.Join(Plan, ref random);
    }
}
