using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Tests.Merging;

public sealed class CalibrationPlanTests
{
    private static readonly SearchSpace Space = SearchSpace.Paper(256, 512);

    public static TheoryData<SearchSpace> Spaces() =>
        [Space, SearchSpace.Paper(), Space with { WidthRatios = [1], StudentStemRatio = 1, StudentHeadRatio = 1 }];

    [Theory, MemberData(nameof(Spaces))]
    public void The_first_twelve_have_every_kind_once_and_24_twice_where_there_are_two(SearchSpace space)
    {
        var kinds = space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition).ToLookup(spec => spec.Kind);
        Assert.Equal(kinds.Select(kind => kind.Key).Order(), CalibrationPlan.Of(space, 12).Select(spec => spec.Kind).Order());
        IReadOnlyList<OperatorSpec> all = CalibrationPlan.Of(space, 24);
        Assert.All(kinds, kind => Assert.True(all.Count(spec => spec.Kind == kind.Key) >= Math.Min(2, kind.Count())));
        Assert.Equal(24, all.Distinct().Count());
        Assert.Equal(CalibrationPlan.Of(space, 12), all.Take(12));
    }

    [Theory, MemberData(nameof(Spaces))]
    public void None_is_0_by_definition(SearchSpace space) =>
        Assert.DoesNotContain(CalibrationPlan.Of(space, 10_000), spec => spec.IsZeroByDefinition);

    [Fact]
    public void The_order_of_the_list_does_not_matter() =>
        Assert.Equal(CalibrationPlan.Of(Space, 24), CalibrationPlan.Of(Space.Operators(full: true).Reverse(), 24));

    [Fact]
    public void Every_scale_stride_and_third_of_the_widths_is_there()
    {
        IReadOnlyList<OperatorSpec> all = CalibrationPlan.Of(Space, 24);
        Assert.All(SearchSpace.Scales, scale => Assert.Contains(all, spec => spec.Height == Space.Height / scale && spec.IsSearched));
        Assert.All(SearchSpace.SearchedKinds.Where(kind => kind != OperatorKind.Skip), kind =>
            Assert.Equal([1, 2], all.Where(spec => spec.Kind == kind).Select(spec => spec.Stride).Order())
        );
        OperatorSpec[] searched = [.. all.Where(spec => spec.IsSearched)];
        Assert.True(searched.Select(spec => spec.InChannels * spec.Height).Distinct().Count() >= 3);
        Assert.True(searched.Select(spec => spec.OutChannels * spec.OutHeight).Distinct().Count() >= 3);
    }

    [Fact]
    public void Of_a_short_list_all_are_taken()
    {
        OperatorSpec[] few =
        [
            new(OperatorKind.Conv, 8, 8, 16, 16),
            new(OperatorKind.Skip, 8, 8, 16, 16),
            new(OperatorKind.Conv, 8, 8, 16, 32),
        ];
        Assert.Equal([few[2], few[0]], CalibrationPlan.Of(few, 12));
        Assert.Empty(CalibrationPlan.Of([], 12));
    }
}
