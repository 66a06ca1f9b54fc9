using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Searching;
using Xunit;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>The latency band, the controller that steers towards it, random networks, and whether a table suffices.</summary>
public sealed class TargetTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();
    private static readonly LatencyTable Table = TinySpace.Table(Space);

    [Theory]
    [InlineData(9, 11, 1), InlineData(10.5, 11.5, 1)]
    [InlineData(7, 9, 0.5), InlineData(9, 8, 0.5), InlineData(8, 11, 0.5)]
    [InlineData(9, 13, 2), InlineData(12, 9, 2)]
    [InlineData(7, 13, 0.5)]
    public void The_weight_halves_where_either_pair_is_too_fast_else_doubles_where_either_is_too_slow(
        double first,
        double second,
        double expected
    ) => Assert.Equal(expected, LatencyWeightController.Next(1, [first, second], fastMs: 8, slowMs: 12));

    [Theory]
    [InlineData(8, 8, 0.5), InlineData(2, 8, 0.5), InlineData(12, 12, 2), InlineData(12, 99, 2)]
    [InlineData(9.797959, 9.797959, 1), InlineData(8, 12, 1), InlineData(8.853455, 8.853455, 0.7071)]
    public void The_proportional_rule_has_the_papers_factor_at_the_bands_ends_and_less_within(
        double first,
        double second,
        double expected
    ) => Assert.Equal(expected, LatencyWeightController.NextProportional(1, [first, second], fastMs: 8, slowMs: 12), 4);

    [Fact]
    public void An_automatic_band_holds_a_fifth_of_random_students()
    {
        LatencyTarget band = TargetBand.Resolve("auto", Space, Table, seed: 5);
        double[] others =
        [
            .. Enumerable.Range(0, 400).Select(seed => Estimate(RandomArchitectures.Draw(Space, Role.Student, 1_000_000 + seed))),
        ];
        Assert.InRange(others.Count(ms => ms < band.LowMs) / 400.0, 0.1, 0.3);
        Assert.InRange(others.Count(ms => ms > band.HighMs) / 400.0, 0.5, 0.7);
        Assert.Equal(band, TargetBand.Resolve("auto", Space, Table, seed: 5));
        Assert.Equal(new LatencyTarget(2, 3), TargetBand.Resolve("2-3 ms", Space, Table, seed: 5));
    }

    [Fact]
    public void A_band_in_frames_per_second_is_eight_times_as_long_for_a_table_of_batch_8()
    {
        var batch8 = new LatencyTable(Table.Identity with { BatchSize = 8 }, Space, Table.Entries, Table.Created);
        LatencyTarget one = TargetBand.Resolve("100-200 fps", Space, Table, seed: 5),
            eight = TargetBand.Resolve("100-200 fps", Space, batch8, seed: 5);
        Assert.Equal((5, 10, 40, 80), (one.LowMs, one.HighMs, eight.LowMs, eight.HighMs));
        Assert.Equal(400, batch8.Identity.FramesPerSecond(20));
        Assert.EndsWith("(100-200 fps)", eight.ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(Role.Teacher), InlineData(Role.Student)]
    public void Random_networks_are_valid_alike_for_a_seed_and_different_between_seeds(Role role)
    {
        DerivedArchitecture[] networks =
        [
            .. Enumerable.Range(0, 50).Select(seed => RandomArchitectures.Draw(Space, role, seed).Validated()),
        ];
        Assert.Equal(networks[7], RandomArchitectures.Draw(Space, role, 7));
        Assert.True(networks.Distinct().Count() > 25);
    }

    [Fact]
    public void A_random_network_of_a_latency_has_it_and_an_impossible_latency_gives_none()
    {
        double wanted = RandomArchitectures.Quantile(Space, Table, 0.5, seed: 2);
        var (network, estimate) = RandomArchitectures
            .Near(Space, Role.Student, Table, wanted, tolerance: 0.05, seed: 9, cancellation: TestContext.Current.CancellationToken)!
            .Value;
        Assert.InRange(estimate, 0.95 * wanted, 1.05 * wanted);
        Assert.Equal(estimate, Estimate(network), 12);
        Assert.Null(
            RandomArchitectures.Near(
                Space,
                Role.Student,
                Table,
                100 * wanted,
                0.05,
                seed: 9,
                tries: 100,
                TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void A_table_of_another_space_is_refused_and_both_spaces_named()
    {
        SearchSpace other = Space with { Height = 96 };
        string message = Assert.Throws<UsageException>(() => TableCoverage.Require(Table, other, "t.json")).Message;
        Assert.StartsWith("t.json lacks ", message, StringComparison.Ordinal);
        Assert.Contains($"the space {other}", message, StringComparison.Ordinal);
        Assert.Contains($"It was made for {Space}.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_entry_is_as_good_as_none()
    {
        OperatorSpec broken = Space.SearchedOperators().First(spec => !spec.IsZeroByDefinition);
        var failed = new LatencyTable(
            Table.Identity,
            Space,
            Table.Entries.Select(e => e.Spec == broken ? e with { MedianMs = 0, Failure = "out of memory" } : e),
            Table.Created
        );
        TableCoverage.Require(Table, Space, "t.json");
        Assert.Contains(
            $"lacks 1 of the {Space.Operators().Count} operators",
            Assert.Throws<UserErrorException>(() => TableCoverage.Require(failed, Space, "t.json")).Message,
            StringComparison.Ordinal
        );
    }

    private static double Estimate(DerivedArchitecture network) =>
        NetworkEstimate.Of(Table, NetworkPlan.Of(network, Space.Height, Space.Width)).TotalMs;
}
