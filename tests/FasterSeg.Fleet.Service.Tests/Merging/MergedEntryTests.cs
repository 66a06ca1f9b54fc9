using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Tests.Merging;

public sealed class MergedEntryTests
{
    private static readonly LatencyEntry Entry = new(
        new OperatorSpec(OperatorKind.Conv, 8, 8, 16, 32),
        EntryOrigin.Measured,
        2,
        new LatencySpread(2.2, 0.2, 1.8, 2.4, 1.2, 1.6, 2.6, 3, 40, Outliers: 3, Disturbed: 2, Sessions: 3),
        Noisy: true,
        Drifted: true,
        BuildMs: 7
    );

    [Fact]
    public void Every_latency_is_divided_and_the_building_time_is_not()
    {
        LatencyEntry merged = MergedEntry.Of(Entry, "lab-2", 2);
        Assert.Equal(
            Entry with
            {
                MedianMs = 1,
                Spread = new(1.1, 0.1, 0.9, 1.2, 0.6, 0.8, 1.3, 1.5, 40, Outliers: 3, Disturbed: 2, Sessions: 3),
                Device = "lab-2",
                Factor = 2,
            },
            merged
        );
        Assert.Equal(merged, LatencyTableJson.ParseEntry(LatencyTableJson.SerializeEntry(merged), "e"));
    }

    [Fact]
    public void Without_a_factor_only_the_card_is_noted() =>
        Assert.Equal(Entry with { Device = "lab-2" }, MergedEntry.Of(Entry, "lab-2", 1));

    [Fact]
    public void The_references_entries_and_those_that_nobody_measured_stay()
    {
        LatencyEntry defined = LatencyEntry.Defined(new OperatorSpec(OperatorKind.Skip, 8, 8, 16, 32));
        Assert.Equal(Entry, MergedEntry.Of(Entry, null, 1));
        Assert.Equal(defined, MergedEntry.Of(defined, "lab-2", 2));
    }

    [Fact]
    public void A_failure_names_its_card_and_has_no_factor()
    {
        var failed = LatencyEntry.Failed(Entry.Spec, "out of memory");
        Assert.Equal(failed with { Device = "lab-2" }, MergedEntry.Of(failed, "lab-2", 2));
    }

    [Fact]
    public void Intervals_stay_in_order_by_any_factor()
    {
        for (double factor = 0.8; factor < 1.25; factor += 0.0007)
            _ = LatencyTableJson.SerializeEntry(MergedEntry.Of(Entry, "lab-2", factor));
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void No_factor_is_refused(double factor) => Assert.Throws<ArgumentException>(() => MergedEntry.Of(Entry, "lab-2", factor));

    [Fact]
    public void Nothing_is_divided_twice() =>
        Assert.Throws<ArgumentException>(() => MergedEntry.Of(MergedEntry.Of(Entry, "lab-2", 2), "lab-2", 2));
}
