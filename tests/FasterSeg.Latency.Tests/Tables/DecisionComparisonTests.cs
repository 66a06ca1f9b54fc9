using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class DecisionComparisonTests
{
    private const string Conv = "conv h8 w16 c16-32 s1",
        Zoomed = "zoomed_conv h8 w16 c16-32 s1";

    [Theory]
    [InlineData(1.0, 1.1, 1.1, 1.0, true, true)]
    [InlineData(1.0, 1.1, 2.0, 2.2, true, false)]
    // The samples' intervals are 1 % wide to each side, so a difference has 1.4 %; and less than 2 % is nobody's decision.
    [InlineData(1.0, 1.012, 1.1, 1.0, false, false)]
    [InlineData(1.0, 1.017, 1.1, 1.0, false, false)]
    [InlineData(1.0, 1.1, 1.017, 1.0, false, false)]
    public void AnOrder_FlipsWhereBothTablesTellTheOperatorsApart(
        double firstConv,
        double firstZoomed,
        double secondConv,
        double secondZoomed,
        bool decided,
        bool flips
    )
    {
        ComparedPair pair = Assert.Single(Decisions((Conv, firstConv, secondConv), (Zoomed, firstZoomed, secondZoomed)).Operators);
        Assert.Equal((decided, flips), (pair.IsDecided, pair.Flips));
        Assert.Equal(firstConv / firstZoomed, pair.FirstRatio, 12);
        Assert.Equal(secondConv / secondZoomed, pair.SecondRatio, 12);
    }

    [Fact]
    public void A_wide_interval_keeps_a_table_from_deciding()
    {
        LatencyEntry wide = Samples.Measured(Zoomed, 1.1),
            narrow = Samples.Measured(Conv, 1);
        wide = wide with { Spread = wide.Spread! with { ConfidenceLowMs = 0.98, ConfidenceHighMs = 1.22 } };
        ComparedPair pair = new(new(narrow.Spec, narrow, Samples.Measured(Conv, 1.1)), new(wide.Spec, wide, Samples.Measured(Zoomed, 1)));
        Assert.Equal((0, 1), (pair.FirstSays, pair.SecondSays));
        LatencyEntry predicted = new(wide.Spec, EntryOrigin.Predicted, 1.1, Bounds: new(0.98, 1.22)),
            imported = new(wide.Spec, EntryOrigin.Imported, 1.1);
        Assert.Equal(0, (pair with { Other = pair.Other with { First = predicted } }).FirstSays);
        Assert.Equal(-1, (pair with { Other = pair.Other with { First = imported } }).FirstSays);
    }

    [Fact]
    public void Operators_are_compared_at_one_place_only()
    {
        DecisionComparison decisions = Decisions(
            (Conv, 1, 3),
            (Zoomed, 2, 2),
            ("conv_2x h8 w16 c16-32 s1", 3, 1),
            ("conv_2x h8 w16 c16-32 s2", 9, 9),
            ("conv_2x h8 w16 c24-32 s1", 9, 9),
            ("arm h8 w16 c16-32 s1 k1", 9, 9)
        );
        Assert.Equal(
            ["conv/zoomed_conv", "conv/conv_2x", "zoomed_conv/conv_2x"],
            decisions.Operators.Select(pair => $"{OperatorKey.NameOf(pair.One.Spec.Kind)}/{OperatorKey.NameOf(pair.Other.Spec.Kind)}")
        );
        Assert.All(decisions.Operators, pair => Assert.True(pair.Flips));
        Assert.Equal((1, 1), (decisions.Places, decisions.FastestDiffers));
    }

    [Fact]
    public void The_fastest_operator_is_another_one_where_both_tables_say_so()
    {
        // The middle one and the slowest one change places; then the two fastest, which the second table does not tell apart.
        Assert.Equal(0, Decisions((Conv, 1, 1), (Zoomed, 2, 3), ("conv_2x h8 w16 c16-32 s1", 3, 2)).FastestDiffers);
        Assert.Equal(0, Decisions((Conv, 1, 1.01), (Zoomed, 2, 1)).FastestDiffers);
        Assert.Equal(1, Decisions((Conv, 1, 1.1), (Zoomed, 2, 1)).FastestDiffers);
    }

    [Theory]
    // Wider takes longer in both; is for nothing in both; in one of them; and what less than 2 % more is, nobody says.
    [InlineData(1.2, 1.1, true, false)]
    [InlineData(1.0, 0.9, true, false)]
    [InlineData(1.2, 1.0, true, true)]
    [InlineData(0.99, 1.05, true, true)]
    [InlineData(1.01, 0.9, false, false)]
    [InlineData(1.01, 1.2, false, false)]
    public void AWiderOutput_FlipsWhereItIsForNothingInOneTableAndSlowerInTheOther(double first, double second, bool decided, bool flips)
    {
        ComparedPair pair = Assert.Single(Decisions((Conv, first, second), ("conv h8 w16 c16-24 s1", 1, 1)).Widths);
        Assert.Equal(32, pair.One.Spec.OutChannels);
        Assert.Equal((decided, flips), (pair.IsDecided, pair.Flips));
    }

    [Fact]
    public void Widths_are_compared_with_the_next_one_of_the_same_operator()
    {
        DecisionComparison decisions = Decisions(
            ("conv h8 w16 c16-24 s1", 1, 1),
            ("conv h8 w16 c16-32 s1", 1, 1),
            ("conv h8 w16 c16-48 s1", 1, 1),
            ("conv h8 w16 c24-48 s1", 1, 1),
            ("conv h8 w16 c16-24 s2", 1, 1),
            ("conv_2x h8 w16 c16-24 s1", 1, 1)
        );
        Assert.Equal([(32, 24), (48, 32)], decisions.Widths.Select(pair => (pair.One.Spec.OutChannels, pair.Other.Spec.OutChannels)));
    }

    [Fact]
    public void A_layer_is_compared_with_itself_on_the_next_coarser_map_at_the_same_ratio()
    {
        SearchSpace space = Samples.Space;
        LatencyTable table = Whole(space, spec => spec.Height),
            other = Whole(space, spec => 1.0 / spec.Height);
        var decisions = DecisionComparison.Of(TableComparison.Of(table, other), space);
        // Four operators, five ratios, from 1/8 to 1/16 and on to 1/32; never a skip.
        Assert.Equal(4 * 5 * 2, decisions.Scales.Count);
        Assert.All(decisions.Scales, pair =>
        {
            Assert.True(pair.Flips);
            Assert.Equal(
                (pair.Other.Spec.Kind, 2 * pair.Other.Spec.Height, 1),
                (pair.One.Spec.Kind, pair.One.Spec.Height, pair.One.Spec.Stride)
            );
            Assert.Equal((pair.One.Spec.InChannels, pair.Other.Spec.InChannels), (pair.One.Spec.OutChannels, pair.Other.Spec.OutChannels));
        });
        // 6 x 8 x 8/12 = 32 and 6 x 16 x 8/12 = 64 channels.
        Assert.Contains(decisions.Scales, pair => (pair.One.Spec.InChannels, pair.Other.Spec.InChannels) == (32, 64));
        Assert.Empty(DecisionComparison.Of(TableComparison.Of(table, other), null).Scales);
    }

    private static LatencyTable Whole(SearchSpace space, Func<OperatorSpec, double> ms) =>
        new(
            Samples.Identity,
            space,
            space.Operators().Where(spec => !spec.IsZeroByDefinition).Select(spec => Samples.Measured(spec.ToString(), ms(spec))),
            Samples.Created
        );

    private static DecisionComparison Decisions(params (string Key, double First, double Second)[] entries) =>
        DecisionComparison.Of(
            TableComparison.Of(
                new(Samples.Identity, null, entries.Select(one => Samples.Measured(one.Key, one.First)), Samples.Created),
                new(Samples.Identity, null, entries.Select(one => Samples.Measured(one.Key, one.Second)), Samples.Created)
            ),
            null
        );
}
