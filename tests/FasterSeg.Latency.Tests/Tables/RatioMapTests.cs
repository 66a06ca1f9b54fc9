using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class RatioMapTests
{
    private static readonly (string Key, double Ratio)[] Entries =
    [
        ("conv h8 w16 c16-24 s1", 2),
        ("conv h8 w16 c16-32 s1", 3),
        ("conv h8 w16 c24-32 s1", 7),
        ("conv h8 w16 c16-32 s2", 5),
        ("conv h128 w16 c16-32 s1", 11),
        ("zoomed_conv h8 w16 c16-32 s1", 13),
        ("upsample h8 w16 c16-16 x2", 17),
        ("upsample h8 w16 c16-16 x8", 19),
        ("arm h8 w16 c16-8 s1 k1", 23),
    ];

    private static readonly TableComparison Comparison = TableComparison.Of(
        new(Samples.Identity, null, Entries.Select(one => Samples.Measured(one.Key, 2)), Samples.Created),
        new(Samples.Identity, null, Entries.Select(one => Samples.Measured(one.Key, 2 * one.Ratio)), Samples.Created)
    );

    [Fact]
    public void By_map_has_a_row_for_each_kind_and_stride_and_the_largest_map_first()
    {
        RatioMap map = RatioMap.ByMap(Comparison);
        Assert.Equal(["128x16", "8x16"], map.Columns);
        Assert.Equal(["conv s1", "conv s2", "zoomed_conv s1", "arm", "upsample x2", "upsample x8"], map.Rows.Select(row => row.Name));
        // 3 is the median of 2, 3 and 7.
        Assert.Equal(
            [
                [11, 3],
                [null, 5],
                [null, 13],
                [null, 23],
                [null, 17],
                [null, 19],
            ],
            map.Rows.Select(row => row.Ratios.ToArray())
        );
    }

    [Fact]
    public void By_channels_has_the_searched_operators_only()
    {
        RatioMap outputs = RatioMap.ByOutChannels(Comparison),
            inputs = RatioMap.ByInChannels(Comparison);
        Assert.Equal(["conv", "zoomed_conv"], outputs.Columns);
        Assert.Equal(["24", "32"], outputs.Rows.Select(row => row.Name));
        // Of 3, 5, 7 and 11 the upper one of the two in the middle.
        Assert.Equal(
            [
                [2, null],
                [7, 13],
            ],
            outputs.Rows.Select(row => row.Ratios.ToArray())
        );
        Assert.Equal(["16", "24"], inputs.Rows.Select(row => row.Name));
        Assert.Equal(
            [
                [5, 13],
                [7, null],
            ],
            inputs.Rows.Select(row => row.Ratios.ToArray())
        );
    }
}
