using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>What trainings and scores say of finalists together.</summary>
public sealed class FinalistOrderTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [0.5, 1], Layers: 4, Classes: 5);

    [Theory]
    // The trainings' losses have a deviation of 0.0816, the random networks' scores one of 0.1.
    [InlineData(0, "c b a"), InlineData(1, "b c a"), InlineData(3, "b a c")]
    public void A_score_counts_in_deviations_of_random_networks(double weight, string expected)
    {
        ScoredNetwork a = Network(0.30),
            b = Network(0.20),
            c = Network(0.40);
        // Descendants of the best are alike, and tell nothing of how scores differ.
        ScoredNetwork[] all = [a, b, c, Network(0.2, isDrawn: true), Network(0.4, isDrawn: true)];
        IReadOnlyList<ScoredNetwork> order = new FinalistOrder(all, weight).Of([a, b, c], [0.8, 0.7, 0.6]);
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                order.Select(one =>
                    ReferenceEquals(one, a) ? "a"
                    : ReferenceEquals(one, b) ? "b"
                    : "c"
                )
            )
        );
    }

    [Fact]
    public void Networks_without_scores_go_by_their_trainings()
    {
        ScoredNetwork[] drawn = [.. Enumerable.Range(0, 3).Select(_ => Network(0, isDrawn: true))];
        Assert.Equal(
            [drawn[2], drawn[0], drawn[1]],
            new FinalistOrder(drawn, 1).Of(drawn, [0.5, 0.6, 0.4]),
            ReferenceEqualityComparer.Instance
        );
    }

    [Fact]
    public void Trainings_that_are_alike_leave_the_order_as_it_was()
    {
        ScoredNetwork[] networks = [Network(0.2), Network(0.3)];
        Assert.Equal(networks, new FinalistOrder([], 1).Of(networks, [0.5, 0.5]), ReferenceEqualityComparer.Instance);
    }

    private static ScoredNetwork Network(double loss, bool isDrawn = false)
    {
        var random = new StableRandom(1, 1, 1);
        var genotype = Genotype.Draw(Space, ref random);
        return new(genotype, genotype.Derive(Space, Role.Student), 1, new(loss, 0)) { IsDrawn = isDrawn };
    }
}
