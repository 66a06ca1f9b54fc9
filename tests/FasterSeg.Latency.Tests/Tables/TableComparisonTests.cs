using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class TableComparisonTests
{
    private static readonly string[] Keys = [.. Enumerable.Range(1, 10).Select(i => $"conv h8 w16 c16-{8 * i} s1")];

    [Fact]
    public void Differences_are_taken_operator_by_operator()
    {
        LatencyTable first = Table(_ => 2),
            second = Table(i => i == 0 ? 3 : 2.04);
        TableComparison comparison = TableComparison.Of(first, second);
        Assert.Equal((10, 0, null), (comparison.Entries.Count, comparison.OnlyInOne, comparison.IdentityDifference));
        Assert.Equal(0.02, comparison.Deviation(0.5), 12);
        Assert.Equal(0.5, comparison.Deviation(0.95), 12);
        Assert.Equal((0, 0.9), (comparison.Within(0.01), comparison.Within(0.03)));
        // The samples' intervals are 1 % wide to each side.
        Assert.All(comparison.Entries, entry => Assert.Equal(entry.Ratio < 1.1, entry.IntervalsMeet));
    }

    [Fact]
    public void What_is_in_one_table_only_and_failed_or_zero_entries_are_left_out()
    {
        LatencyTable sorts = Samples.Table();
        LatencyTable other = new(sorts.Identity with { Threads = 1 }, sorts.Space, sorts.Entries.Skip(1), sorts.Created);
        TableComparison comparison = TableComparison.Of(sorts, other);
        Assert.All(comparison.Entries, entry => Assert.Equal(1, entry.Ratio));
        Assert.Equal(1, comparison.OnlyInOne);
        Assert.Contains("number of threads", comparison.IdentityDifference, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_with_nothing_in_common_are_refused()
    {
        LatencyTable other = new(Samples.Identity, null, [Samples.Measured("conv h64 w64 c8-8 s1", 1)], Samples.Created);
        Assert.Contains(
            "no operator in common",
            Assert.Throws<UserErrorException>(() => TableComparison.Of(Table(_ => 1), other)).Message,
            StringComparison.Ordinal
        );
    }

    private static LatencyTable Table(Func<int, double> ms) =>
        new(Samples.Identity, Samples.Space, Keys.Select((key, i) => Samples.Measured(key, ms(i))), Samples.Created);
}
