using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class LatencyTableTests
{
    private const string Shown = "conv h8 w16 c16-24 s1";

    [Fact]
    public void Missing_or_failed_operator_is_never_free()
    {
        LatencyTable table = Samples.Table();
        Assert.Throws<MissingLatencyException>(() => table[OperatorKey.Parse("conv h8 w16 c16-32 s1")]);
        Assert.Throws<MissingLatencyException>(() => table[OperatorKey.Parse("upsample h4 w8 c32-32 x2")]);
    }

    [Fact]
    public void Duplicate_key_is_refused() =>
        Assert.Contains(
            Shown,
            Assert.Throws<ArgumentException>(() => Table(Samples.Created, Samples.Measured(Shown, 1), Samples.Measured(Shown, 2))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Merge_has_both_tables_entries_the_later_ones_where_both_have_one()
    {
        LatencyTable earlier = Table(Samples.Created, Samples.Measured(Shown, 1), Samples.Measured("conv h8 w16 c16-16 s1", 2));
        LatencyTable later = Table(Samples.Created.AddHours(1), Samples.Measured(Shown, 3), Samples.Measured("conv h8 w16 c24-16 s1", 4));

        foreach (LatencyTable merged in new[] { LatencyTable.Merge(earlier, later), LatencyTable.Merge(later, earlier) })
        {
            Assert.Equal([2, 3, 4], merged.Entries.Select(entry => entry.MedianMs));
            Assert.Equal(later.Created, merged.Created);
            Assert.Equal(Samples.Space, merged.Space);
        }
    }

    [Fact]
    public void Merge_prefers_a_latency_to_a_later_failure()
    {
        LatencyTable earlier = Table(Samples.Created, Samples.Measured(Shown, 1));
        LatencyTable later = Table(
            Samples.Created.AddHours(1),
            new LatencyEntry(OperatorKey.Parse(Shown), EntryOrigin.Measured, 0, Failure: "out of memory")
        );

        Assert.Equal(1, LatencyTable.Merge(earlier, later)[OperatorKey.Parse(Shown)]);
    }

    [Fact]
    public void Merge_of_two_spaces_is_of_none()
    {
        var other = new LatencyTable(Samples.Identity, SearchSpace.Paper(), [], Samples.Created);
        Assert.Null(LatencyTable.Merge(Table(Samples.Created), other).Space);
    }

    public static TheoryData<string, TableIdentity> OtherIdentities() =>
        new()
        {
            {
                "the device name is 'Test \"processor\" µ' in one and 'x' in the other",
                Samples.Identity with
                {
                    DeviceName = "x",
                    Driver = "y",
                }
            },
            { "the device UUID is 'cpu-0' in one and 'x' in the other", Samples.Identity with { DeviceUuid = "x" } },
            { "the compute capability is 'none' in one and 'x' in the other", Samples.Identity with { ComputeCapability = "x" } },
            { "the driver is 'none' in one and 'x' in the other", Samples.Identity with { Driver = "x" } },
            { "the execution provider is 'cpu' in one and 'x' in the other", Samples.Identity with { Provider = "x" } },
            { "the ONNX Runtime version is '1.31.1' in one and 'none' in the other", Samples.Identity with { OnnxRuntime = null } },
            { "the TensorRT version is 'none' in one and 'x' in the other", Samples.Identity with { TensorRt = "x" } },
            { "the cuDNN version is 'none' in one and 'x' in the other", Samples.Identity with { Cudnn = "x" } },
            { "the precision is 'fp32' in one and 'x' in the other", Samples.Identity with { Precision = "x" } },
            { "the number of threads is '2' in one and '1' in the other", Samples.Identity with { Threads = 1 } },
            { "the batch size is '1' in one and '2' in the other", Samples.Identity with { BatchSize = 2 } },
            { "the protocol is 'hot, median, half-width 1 %' in one and 'x' in the other", Samples.Identity with { Protocol = "x" } },
        };

    [Theory, MemberData(nameof(OtherIdentities))]
    public void Merge_of_two_identities_names_the_first_difference(string difference, TableIdentity identity)
    {
        var other = new LatencyTable(identity, Samples.Space, [], Samples.Created);
        Assert.Equal(
            $"The two tables cannot be merged: {difference}, so their latencies are not comparable. Measure both on one device in one way.",
            Assert.Throws<UserErrorException>(() => LatencyTable.Merge(Table(Samples.Created), other)).Message
        );
    }

    [Fact]
    public void Difference_knows_every_field() => Assert.Equal(typeof(TableIdentity).GetProperties().Length, OtherIdentities().Count);

    [Fact]
    public void Statistics_count_and_spread()
    {
        TableStatistics statistics = TableStatistics.Of(
            Table(
                Samples.Created,
                Samples.Measured("conv h8 w16 c16-16 s1", 1),
                Samples.Measured("conv h8 w16 c16-24 s1", 2) with
                {
                    Noisy = true,
                },
                Samples.Measured("conv h4 w8 c16-24 s1", 4),
                Samples.Measured("zoomed_conv h4 w8 c16-24 s1", 10),
                new LatencyEntry(OperatorKey.Parse("skip h8 w16 c16-16 s1"), EntryOrigin.Defined, 0),
                new LatencyEntry(OperatorKey.Parse("zoomed_conv h4 w8 c24-24 s1"), EntryOrigin.Measured, 0, Failure: "out of memory")
            )
        );

        Assert.Equal((6, 1, 1), (statistics.Entries, statistics.Noisy, statistics.Failed));
        Assert.Equal(new LatencyRange(1, 3, 10), statistics.Range);
        Assert.Equal(
            [
                new TableGroup("skip", 1, null),
                new TableGroup("conv", 3, new LatencyRange(1, 2, 4)),
                new TableGroup("zoomed_conv", 2, new LatencyRange(10, 10, 10)),
            ],
            statistics.ByKind
        );
        Assert.Equal(
            [new TableGroup("1/8 (8x16)", 3, new LatencyRange(1, 1.5, 2)), new TableGroup("1/16 (4x8)", 3, new LatencyRange(4, 7, 10))],
            statistics.ByMap
        );
        Assert.Equal([new TableGroup("measured", 5, new LatencyRange(1, 3, 10)), new TableGroup("defined", 1, null)], statistics.ByOrigin);
    }

    private static LatencyTable Table(DateTimeOffset created, params LatencyEntry[] entries) =>
        new(Samples.Identity, Samples.Space, entries, created);
}
