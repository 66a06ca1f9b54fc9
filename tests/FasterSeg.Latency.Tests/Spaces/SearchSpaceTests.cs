using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Spaces;

public sealed class SearchSpaceTests
{
    private static readonly SearchSpace Small = SearchSpace.Paper(64, 128, 11);

    [Fact]
    public void Papers_space_has625_searched_operators_75_of_them_zero_by_definition()
    {
        IReadOnlyList<OperatorSpec> searched = SearchSpace.Paper().SearchedOperators();

        Assert.Equal(625, searched.Distinct().Count());
        Assert.Equal(625, searched.Count);
        Assert.Equal(75, searched.Count(spec => spec.IsZeroByDefinition));
        Assert.All(searched, spec => Assert.True(spec.IsSearched));
        // 5 operators, 5x5 widths, five pairs of scale and stride.
        Assert.Equal(
            [(32, 1), (64, 1), (64, 2), (128, 1), (128, 2)],
            searched.GroupBy(spec => (spec.Height, spec.Stride)).Where(group => group.Count() == 125).Select(group => group.Key).Order()
        );
    }

    [Fact]
    public void Papers_space_has_26_convolutional_fixed_parts()
    {
        IReadOnlyList<OperatorSpec> parts = SearchSpace.Paper().FixedParts();

        Assert.Equal(parts.Distinct().Count(), parts.Count);
        Assert.Equal(
            [
                (OperatorKind.Conv2x, 4),
                (OperatorKind.Stem, 2),
                (OperatorKind.Arm, 4),
                (OperatorKind.Refine, 12),
                (OperatorKind.Fusion, 2),
                (OperatorKind.Head, 2),
            ],
            parts
                .Where(spec => spec.Kind is not (OperatorKind.Upsample or OperatorKind.Concat))
                .GroupBy(spec => spec.Kind)
                .OrderBy(group => group.Key)
                .Select(group => (group.Key, group.Count()))
        );
    }

    [Fact]
    public void Full_adds_the_upsampling_of_the_logits_only() =>
        Assert.Equal(
            ["upsample h128 w256 c19-19 x8"],
            SearchSpace.Paper().Operators(full: true).Except(SearchSpace.Paper().Operators()).Select(spec => spec.ToString())
        );

    [Fact]
    public void Operators_are_sorted_by_key_and_there_once()
    {
        List<string> keys = [.. SearchSpace.Paper().Operators(full: true).Select(spec => spec.ToString())];

        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Distinct(), keys);
        Assert.All(keys, key => Assert.Equal(key, OperatorKey.Parse(key).ToString()));
    }

    [Fact]
    public void Every_concatenation_has_the_refinement_or_fusion_that_reads_it()
    {
        IReadOnlyList<OperatorSpec> parts = SearchSpace.Paper().FixedParts();
        Assert.All(parts.Where(spec => spec.Kind == OperatorKind.Concat), concat =>
            Assert.Contains(parts, spec =>
                spec.Kind is OperatorKind.Refine or OperatorKind.Fusion
                && (spec.Height, spec.Width, spec.InChannels) == (concat.Height, concat.Width, concat.OutChannels)
            )
        );
    }

    [Theory]
    [InlineData(8, 4, 32), InlineData(8, 12, 96), InlineData(16, 10, 160), InlineData(32, 6, 192)]
    public void Channels_are_the_nearest_multiple_of8(int scale, int twelfths, int channels) =>
        Assert.Equal(channels, SearchSpace.Paper().Channels(scale, twelfths / 12.0));

    [Fact]
    public void Papers_space_is_valid() => Assert.Empty(SearchSpace.Paper().Validate());

    public static TheoryData<string, SearchSpace> Faults() =>
        new()
        {
            {
                "The network's height 720 is not a multiple of 32 between 32 and 16384: use 736 (images of any size are brought to it).",
                Small with
                {
                    Height = 720,
                }
            },
            {
                "The network's width 0 is not a multiple of 32 between 32 and 16384: use 32 (images of any size are brought to it).",
                Small with
                {
                    Width = 0,
                }
            },
            { "Fch 0 is out of range: use 1 to 256.", Small with { Fch = 0 } },
            { "3 layers are out of range: use 4 to 64.", Small with { Layers = 3 } },
            { "1 classes are out of range: use 2 to 255 (label 255 means 'ignore').", Small with { Classes = 1 } },
            { "The list of width ratios needs 1 to 32 values.", Small with { WidthRatios = [] } },
            { "Width ratio 1.5 is outside (0, 1].", Small with { WidthRatios = [0.5, 1.5] } },
            { "Width ratio NaN is outside (0, 1].", Small with { WidthRatios = [0.5, double.NaN] } },
            { "The width ratios are not in ascending order, each once.", Small with { WidthRatios = [1, 0.5] } },
            {
                "Width ratios 0.5 and 0.51 both mean 48 channels at scale 8 with Fch 12: remove one or raise Fch.",
                Small with
                {
                    WidthRatios = [0.5, 0.51, 8.0 / 12, 1],
                }
            },
            {
                "The student stem ratio 0.5 is not in the list of width ratios (0.6667, 1): use one of them.",
                Small with
                {
                    WidthRatios = [8.0 / 12, 1],
                    StudentStemRatio = 0.5,
                }
            },
            {
                "The teacher head ratio 0.5 is not in the list of width ratios (0.6667, 1): use one of them.",
                Small with
                {
                    WidthRatios = [8.0 / 12, 1],
                    TeacherHeadRatio = 0.5,
                }
            },
        };

    [Theory, MemberData(nameof(Faults))]
    public void Bad_space_is_refused_by_name(string sentence, SearchSpace space)
    {
        Assert.Contains(sentence, space.Validate());
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(space.Validated).Message, StringComparison.Ordinal);
    }
}
