using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class LatencyCorrectionTests
{
    private static readonly LatencyCorrection Correction = new(
        Scale: 0.9,
        BoundaryNs: 2,
        WeightNs: 0.5,
        PartMs: 0.01,
        Networks: 30,
        Deviation: 0.01
    );

    [Theory]
    // 128 positions: 16 channels in, 24 out; 9 * 16 * 24 weights.
    [InlineData("conv h8 w16 c16-24 s1", (16 + 24) * 128, 9 * 16 * 24)]
    [InlineData("conv_2x h8 w16 c16-24 s2", (16 * 128) + (24 * 32), (9 * 16 * 24) + (9 * 24 * 24))]
    // Begins and ends with a resizing; with stride 2 it ends with a convolution.
    [InlineData("zoomed_conv h8 w16 c16-24 s1", 0, 9 * 16 * 24)]
    [InlineData("zoomed_conv h8 w16 c16-24 s2", 24 * 32, 9 * 16 * 24)]
    [InlineData("upsample h8 w16 c16-16 x2", 0, 0)]
    [InlineData("concat h8 w16 c16+24", 0, 0)]
    public void An_operator_in_a_network_costs_less_at_its_ends_and_more_for_its_weights(string key, double boundary, double weights)
    {
        OperatorSpec spec = Samples.Key(key);
        Assert.Equal((boundary, weights), (LatencyCorrection.BoundaryValues(spec), LatencyCorrection.Weights(spec)));
        Assert.Equal((0.9 * 5) - (2e-6 * boundary) + (0.5e-6 * weights) - 0.01, Correction.Apply(spec, 5), 12);
    }

    [Fact]
    public void A_correction_leaves_at_least_a_tenth_and_nothing_of_nothing()
    {
        OperatorSpec conv = Samples.Key("conv h8 w16 c16-24 s1");
        Assert.Equal(0.001, Correction.Apply(conv, 0.01), 12);
        OperatorSpec skip = Samples.Key("skip h8 w16 c16-16 s1");
        Assert.Equal(0, Correction.Apply(skip, 0));
    }

    [Fact]
    public void A_corrected_table_gives_corrected_latencies_and_keeps_its_entries()
    {
        LatencyTable table = Samples.Table(),
            corrected = table.With(Correction);
        OperatorSpec spec = Samples.Key("conv h8 w16 c16-24 s1");
        Assert.Equal(Correction.Apply(spec, table[spec]), corrected[spec], 12);
        Assert.NotEqual(table[spec], corrected[spec]);
        Assert.Equal(table.Entries, corrected.Entries);
        Assert.NotEqual(LatencyTableJson.HashOf(table), LatencyTableJson.HashOf(corrected));
        Assert.Equal(LatencyTableJson.HashOf(table), LatencyTableJson.HashOf(corrected.With(null)));
    }

    [Fact]
    public void A_correction_goes_through_JSON()
    {
        LatencyTable read = LatencyTableJson.Parse(LatencyTableJson.Serialize(Samples.Table().With(Correction)), "T.json");
        Assert.Equal(Correction, read.Correction);
        Assert.Null(LatencyTableJson.Parse(LatencyTableJson.Serialize(Samples.Table()), "T.json").Correction);
    }
}
