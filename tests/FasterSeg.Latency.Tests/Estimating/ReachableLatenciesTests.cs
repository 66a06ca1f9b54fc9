using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Estimating;

/// <summary>The cheapest and the dearest network of a space.</summary>
public sealed class ReachableLatenciesTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 6, Classes: 5);
    private static readonly LatencyTable Table = TinySpace.Table(Space);

    /// <summary>On a table that grows with the work and on one without any order.</summary>
    [Theory]
    [InlineData(4, 0)]
    [InlineData(6, 0)]
    [InlineData(6, 1)]
    [InlineData(9, 0)]
    [InlineData(9, 2)]
    [InlineData(6, 1, "teacher")]
    [InlineData(9, 0, "teacher")]
    public void None_of_many_random_networks_lies_beyond_them(int layers, int disorder, string name = "student")
    {
        Role role = name == "student" ? Role.Student : Role.Teacher;
        SearchSpace space = Space with { Layers = layers };
        LatencyTable table = TinySpace.Table(space);
        if (disorder > 0)
            table = new(table.Identity, table.Space, table.Entries.Select((entry, i) => Disordered(entry, i, disorder)), table.Created);
        (double low, double high) = ReachableLatencies.Of(space, table, role);
        double[] random =
        [
            .. Enumerable.Range(0, 4000).Select(seed => EstimateMs(RandomArchitectures.Draw(space, role, seed), space, table)),
        ];
        Assert.InRange(random.Min(), low - 1e-12, double.MaxValue);
        Assert.InRange(random.Max(), low, high + 1e-12);
    }

    [Fact]
    public void A_band_climb_does_not_come_beyond_them()
    {
        (double low, double high) = ReachableLatencies.Of(Space, Table);
        ArchitectureValues learnt = TinyParameters.Values(Space, Role.Student, 1);
        foreach (int shallowEnd in new[] { 0, 1 })
        {
            Assert.Null(new BandDerivation(learnt, Space, Role.Student, Table, new(1e-9, 0.9999 * low)).Derive(shallowEnd));
            Assert.Null(new BandDerivation(learnt, Space, Role.Student, Table, new(1.0001 * high, 1e9)).Derive(shallowEnd));
        }
        // And at least one of the pairs reaches each end.
        Assert.Contains(new[] { 0, 1 }, end =>
            new BandDerivation(learnt, Space, Role.Student, Table, new(1e-9, 1.05 * low)).Derive(end) is not null
        );
    }

    [Fact]
    public void A_band_outside_is_refused_with_the_range_and_any_other_passes()
    {
        (double low, double high) = ReachableLatencies.Of(Space, Table);
        foreach ((double from, double to) in new[] { (0.1 * low, 0.9 * low), (1.1 * high, 2 * high) })
        {
            string band = FormattableString.Invariant($"{from:F9}-{to:F9} ms"),
                message = Assert.Throws<UsageException>(() => ReachableLatencies.Require(band, Space, Table, seed: 1)).Message;
            Assert.Equal(
                $"No student of the space lies in the target {LatencyTarget.Parse(band)}: by the table the cheapest and the dearest take "
                    + $"{new LatencyTarget(low, high)}. Set searching:target to a band in that range.",
                message
            );
        }
        foreach ((double from, double to) in new[] { (0.1 * low, 1.01 * low), (0.99 * high, 2 * high), (1.2 * low, 1.3 * low) })
            ReachableLatencies.Require(FormattableString.Invariant($"{from:F9}-{to:F9} ms"), Space, Table, seed: 1);
        ReachableLatencies.Require("auto", Space, Table, seed: 1);
    }

    private static LatencyEntry Disordered(LatencyEntry entry, int place, int seed) =>
        entry.MedianMs == 0 ? entry : entry with { MedianMs = 0.001 + new StableRandom(seed, place).NextDouble() };

    private static double EstimateMs(DerivedArchitecture network, SearchSpace space, LatencyTable table) =>
        NetworkEstimate.Of(table, NetworkPlan.Of(network, space)).TotalMs;
}
