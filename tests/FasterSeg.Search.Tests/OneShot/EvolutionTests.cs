using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>What a score of a made-up kind leads to: the more of the widest maps and of conv_2x, the smaller the loss.</summary>
public sealed class EvolutionTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 8, Classes: 5);
    private static readonly LatencyTable Table = TinySpace.Table(Space);
    private static readonly double Middle = RandomArchitectures.Quantile(Space, Table, 0.5, 1);
    private static readonly LatencyTarget Band = new(0.95 * Middle, 1.05 * Middle);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void It_scores_what_lies_in_the_band_each_once_and_finds_better_ones_than_chance()
    {
        double descended = 0,
            drawn = 0;
        for (int seed = 1; seed <= 3; seed++)
        {
            IReadOnlyList<ScoredNetwork> found = Run(seed, new() { Population = 40, Parents = 8 }),
                random = Run(seed, new() { Population = 200 });
            foreach (IReadOnlyList<ScoredNetwork> all in new[] { found, random })
            {
                Assert.Equal(200, all.Count);
                Assert.Equal(200, all.Select(one => one.Architecture).Distinct().Count());
                Assert.All(all, one => Assert.True(Band.Contains(one.EstimateMs)));
                Assert.Equal(all.Select(one => one.Score.Loss).Order(), all.Select(one => one.Score.Loss));
            }
            (descended, drawn) = (descended + found[0].Score.Loss, drawn + random[0].Score.Loss);
        }
        Assert.True(descended < drawn - 0.15, $"{descended} and {drawn}");
    }

    [Fact]
    public void The_same_seed_looks_at_the_same_networks()
    {
        var one = Run(4, new());
        Assert.Equal(one.Select(each => each.Architecture), Run(4, new()).Select(each => each.Architecture));
    }

    [Fact]
    public void A_teacher_has_full_width_and_no_band()
    {
        var found = new Evolution(Space, Role.Teacher, Table, band: null, new(), 20, seed: 1).Run(Score, (_, _) => { }, Cancellation);
        Assert.Equal(20, found.Count);
        Assert.All(found, one =>
            Assert.All(one.Architecture.Branches, branch => Assert.All(branch.Widths, width => Assert.Equal(1, width)))
        );
    }

    [Fact]
    public void A_band_that_no_network_falls_into_is_told_with_what_there_is()
    {
        (double low, double high) = ReachableLatencies.Of(Space, Table);
        string message = Assert
            .Throws<UserErrorException>(() =>
                new Evolution(Space, Role.Student, Table, new(high, 1.001 * high), new(), 20, seed: 1).Run(
                    Score,
                    (_, _) => { },
                    Cancellation
                )
            )
            .Message;
        Assert.StartsWith("None of 100,000 random networks lay in ", message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($" take {low:F3}"), message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ScoredNetwork> Run(int seed, OneShotOptions options) =>
        new Evolution(Space, Role.Student, Table, Band, options, 200, seed).Run(Score, (_, _) => { }, Cancellation);

    private static NetworkScore Score(DerivedArchitecture network)
    {
        var layers = network.Branches.SelectMany(branch => branch.Operators).ToArray();
        double doubled = layers.Count(kind => kind == OperatorKind.Conv2x) / (double)layers.Length,
            width = network.Branches.SelectMany(branch => branch.Widths).DefaultIfEmpty(0).Average();
        return new(2 - doubled - width, 0.5);
    }
}
