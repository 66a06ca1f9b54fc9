using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Tests.Comparing;

public sealed class SeedGroupTests
{
    [Fact]
    public void Runs_that_differ_by_their_seed_only_are_one_group()
    {
        SeedGroup group = Assert.Single(
            SeedGroup.Of([
                MadeNetworks.Of("a", 10, supernet: 0.2, trained: 0.5, seed: 1),
                MadeNetworks.Of("b", 12, supernet: 0.4, trained: 0.6, seed: 2),
                MadeNetworks.Of("c", 14, supernet: 0.6, trained: 0.7, seed: 3),
                MadeNetworks.Of("other", 1, seed: 4, change: options => options.Searching.LatencyTerms = LatencyTerms.Joint),
            ])
        );
        Assert.Equal(["a", "b", "c"], group.Networks.Select(network => network.Run.Name));
        Assert.Equal(new SeedSpread(12, 2, 3), group.EstimateMs);
        Assert.Equal(0.2, group.SupernetMeanIou!.StandardDeviation, 12);
        Assert.Equal((0.6, 0.1), (Math.Round(group.TrainedMeanIou!.Mean, 12), Math.Round(group.TrainedMeanIou.StandardDeviation, 12)));
        Assert.Null(group.MeasuredMs);
    }

    [Fact]
    public void Another_device_role_or_origin_makes_another_group()
    {
        Assert.Empty(
            SeedGroup.Of([
                MadeNetworks.Of("a", 10, seed: 1),
                MadeNetworks.Of("b", 10, seed: 2, role: Role.Teacher),
                MadeNetworks.Of("c", 10, seed: 3, device: MadeNetworks.Device with { Threads = 2 }),
                MadeNetworks.Of("d", 10, seed: 4, randomSeed: 4),
                // The same seed again is no second seed.
                MadeNetworks.Of("e", 10, seed: 1),
            ])
        );
    }

    [Fact]
    public void What_one_of_a_group_lacks_has_no_mean()
    {
        SeedGroup Group(ComparedNetwork other) =>
            Assert.Single(SeedGroup.Of([MadeNetworks.Of("a", 10, supernet: 0.2, trained: 0.5, seed: 1), other]));
        Assert.Null(Group(MadeNetworks.Of("b", 10, trained: 0.5, seed: 2)).SupernetMeanIou);
        Assert.Null(Group(MadeNetworks.Of("b", 10, supernet: 0.2, seed: 2)).TrainedMeanIou);
        Assert.Null(Group(MadeNetworks.Of("b", 10, supernet: 0.2, trained: 0.5, seed: 2, labels: [7, 9])).TrainedMeanIou);
    }

    [Fact]
    public void A_spread_is_the_mean_and_the_deviation_over_n_minus_1() =>
        Gen.Double[-100, 100]
            .Array[2, 8]
            .Sample(
                values =>
                {
                    var spread = SeedSpread.Of(values);
                    // A tolerance, and no rounding: two values that round apart may be next to each other.
                    Assert.Equal(values.Average(), spread.Mean, 1e-10);
                    Assert.Equal(
                        Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Length - 1)),
                        spread.StandardDeviation,
                        1e-10
                    );
                },
                iter: 300
            );
}
