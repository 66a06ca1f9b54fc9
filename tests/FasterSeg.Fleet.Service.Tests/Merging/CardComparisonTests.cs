using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Tests.Merging;

public sealed class CardComparisonTests
{
    private static readonly IReadOnlyList<OperatorSpec> Plan = CalibrationPlan.Of(SearchSpace.Paper(256, 512), 24);

    [Fact]
    public void The_same_numbers_are_merged_without_a_factor()
    {
        CardVerdict verdict = Judge(12, _ => 1);
        Assert.Equal((CardAnswer.Merged, 1.0, "", 12), (verdict.Answer, verdict.Factor, verdict.Reason, verdict.Compared));
    }

    [Theory, InlineData(1.1), InlineData(0.9), InlineData(1.004)]
    public void A_common_factor_is_merged_with_its_error(double factor)
    {
        CardVerdict verdict = Judge(12, _ => factor);
        Assert.Equal(CardAnswer.MergedWithFactor, verdict.Answer);
        Assert.Equal(factor, verdict.Factor, 1e-9);
        // Each of 12 ratios is sure to 0.36 %.
        Assert.Equal(0.0036 / Math.Sqrt(12), verdict.FactorError, 0.00005);
    }

    [Fact]
    public void A_factor_that_cannot_be_told_from_1_is_none() => Assert.Equal(CardAnswer.Merged, Judge(12, _ => 1.001).Answer);

    [Fact]
    public void An_odd_kind_needs_more_and_is_refused_with_its_name()
    {
        static double Odd(OperatorSpec spec) =>
            spec.Kind switch
            {
                OperatorKind.Conv2x => 1.05 * 1.03,
                OperatorKind.Upsample => 1.05 * 0.985,
                _ => 1.05,
            };
        Assert.Equal(CardAnswer.NeedsMore, Judge(12, Odd).Answer);
        CardVerdict verdict = Judge(24, Odd);
        Assert.Equal(CardAnswer.Refused, verdict.Answer);
        Assert.Matches(
            @"^Beside the reference its kinds of operators disagree: conv_2x [23]\.\d % slower, upsample 1\.\d % faster than its other "
                + @"operators let expect\.$",
            verdict.Reason
        );
    }

    [Fact]
    public void Another_kind_of_card_is_refused_for_its_factor() =>
        Assert.StartsWith(
            "It takes 1.40 times as long as the reference throughout",
            Refused(Judge(24, _ => 1.4)),
            StringComparison.Ordinal
        );

    [Fact]
    public void Scatter_is_refused_where_no_kind_is_off()
    {
        // Of each kind one operator is as much slower as the other is faster.
        HashSet<OperatorSpec> first = [.. Plan.DistinctBy(spec => spec.Kind)];
        Assert.Matches(
            @"^Beside the reference its operators scatter by \d\.\d % beyond what their measurements are unsure of, and 1 % is allowed\.$",
            Refused(Judge(24, spec => first.Contains(spec) ? 1.02 : 1 / 1.02))
        );
    }

    [Fact]
    public void One_operator_with_a_wide_interval_does_not_matter()
    {
        CardVerdict verdict = Judge(24, spec => spec == Plan[3] ? 1.3 : 1, spec => spec == Plan[3] ? 0.3 : 0.0071);
        Assert.Equal(CardAnswer.Merged, verdict.Answer);
    }

    [Fact]
    public void Twelve_with_a_wide_interval_need_more() =>
        Assert.Equal(CardAnswer.NeedsMore, Judge(12, _ => 1, spec => spec == Plan[3] ? 0.3 : 0.0071).Answer);

    [Fact]
    public void Cards_that_do_not_repeat_are_refused_with_what_helps()
    {
        string reason = Refused(Judge(24, _ => 1, _ => 0.03));
        Assert.StartsWith("Nobody can say whether it agrees with the reference: half of the comparisons", reason, StringComparison.Ordinal);
        Assert.EndsWith("let both cards do nothing else meanwhile, or measure in more sessions.", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Cards_most_of_whose_kinds_are_unsure_are_refused()
    {
        HashSet<OperatorKind> sure = [OperatorKind.Conv, OperatorKind.Conv2x, OperatorKind.Stem, OperatorKind.Head, OperatorKind.Refine];
        OperatorSpec[] specs = [.. SearchSpace.Paper(256, 512).Operators().Where(spec => sure.Contains(spec.Kind)).Take(40), .. Plan];
        CardVerdict verdict = Judge(specs.Distinct(), 64, _ => 1, spec => sure.Contains(spec.Kind) ? 0.007 : 0.2);
        Assert.Contains("only 5 of 12 kinds of operators were compared to 1 %", Refused(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_on_both_or_was_measured_in_an_unusual_state_does_not_count()
    {
        Dictionary<OperatorSpec, LatencyEntry> reference = Entries(Plan, _ => 1),
            card = Entries(Plan, _ => 1);
        reference[Plan[0]] = card[Plan[0]] = LatencyEntry.Failed(Plan[0], "no kernel");
        card[Plan[1]] = card[Plan[1]] with { MedianMs = 1, Drifted = true };
        card.Remove(Plan[2]);
        CardVerdict verdict = CardComparison.Judge(reference, card, 24);
        Assert.Equal((CardAnswer.Merged, 21), (verdict.Answer, verdict.Compared));
    }

    [Fact]
    public void A_card_that_fails_at_one_operator_is_merged_and_at_two_is_refused()
    {
        Dictionary<OperatorSpec, LatencyEntry> reference = Entries(Plan, _ => 1),
            card = Entries(Plan, _ => 1);
        card[Plan[0]] = LatencyEntry.Failed(Plan[0], "no kernel");
        Assert.Equal(CardAnswer.Merged, CardComparison.Judge(reference, card, 24).Answer);
        card[Plan[5]] = LatencyEntry.Failed(Plan[5], "no kernel");
        Assert.StartsWith(
            "It failed at 2 operators that the reference can do, the first is '",
            Refused(CardComparison.Judge(reference, card, 24)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Less_than_twelve_comparable_ones_of_24_are_too_few()
    {
        Dictionary<OperatorSpec, LatencyEntry> reference = Entries(Plan, _ => 1);
        CardVerdict verdict = CardComparison.Judge(reference, Entries(Plan.Take(11), _ => 1), 24);
        Assert.StartsWith("Of 24 operators only 11 could be compared with the reference", Refused(verdict), StringComparison.Ordinal);
        Assert.Equal(CardAnswer.NeedsMore, CardComparison.Judge(reference, Entries(Plan.Take(11), _ => 1), 12).Answer);
        Assert.Equal(CardAnswer.Refused, CardComparison.Judge(reference, Entries([], _ => 1), 24).Answer);
        Assert.Equal(CardAnswer.NeedsMore, CardComparison.Judge(reference, Entries([], _ => 1), 12).Answer);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void Of_a_job_with_few_operators_all_decide(int count)
    {
        Dictionary<OperatorSpec, LatencyEntry> reference = Entries(Plan.Take(count), _ => 1),
            card = Entries(Plan.Take(count), _ => 1.05);
        CardVerdict verdict = CardComparison.Judge(reference, card, measured: count, most: count);
        Assert.Equal(CardAnswer.MergedWithFactor, verdict.Answer);
        Assert.Equal(1.05, verdict.Factor, 1e-9);
    }

    [Fact]
    public void Two_kinds_that_are_2_percent_apart_are_refused()
    {
        OperatorSpec[] two =
        [
            .. SearchSpace.Paper(256, 512).Operators().Where(spec => spec.Kind is OperatorKind.Conv or OperatorKind.Conv2x),
        ];
        Assert.Equal(
            CardAnswer.Refused,
            Judge(CalibrationPlan.Of(two, 24), 24, spec => spec.Kind == OperatorKind.Conv ? 1.02 : 1, _ => 0.0071).Answer
        );
    }

    private static string Refused(CardVerdict verdict)
    {
        Assert.Equal(CardAnswer.Refused, verdict.Answer);
        Assert.False(verdict.IsMerged);
        return verdict.Reason;
    }

    private static CardVerdict Judge(int count, Func<OperatorSpec, double> ratio, Func<OperatorSpec, double>? halfWidth = null) =>
        Judge(Plan.Take(count), count, ratio, halfWidth ?? (_ => 0.0071));

    private static CardVerdict Judge(
        IEnumerable<OperatorSpec> specs,
        int measured,
        Func<OperatorSpec, double> ratio,
        Func<OperatorSpec, double> halfWidth
    ) => CardComparison.Judge(Entries(specs, _ => 1, halfWidth), Entries(specs, ratio, halfWidth), measured);

    private static Dictionary<OperatorSpec, LatencyEntry> Entries(
        IEnumerable<OperatorSpec> specs,
        Func<OperatorSpec, double> ratio,
        Func<OperatorSpec, double>? halfWidth = null
    ) => specs.ToDictionary(spec => spec, spec => Entry(spec, 0.3 * ratio(spec), halfWidth?.Invoke(spec) ?? 0.0071));

    private static LatencyEntry Entry(OperatorSpec spec, double ms, double halfWidth) =>
        new(
            spec,
            EntryOrigin.Measured,
            ms,
            new LatencySpread(ms, 0.01 * ms, (1 - halfWidth) * ms, (1 + halfWidth) * ms, ms, ms, ms, ms, 100, Sessions: 3)
        );
}
