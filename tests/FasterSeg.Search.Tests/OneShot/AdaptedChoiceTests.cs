using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>Which networks get steps of their own, by made-up scores: the shared weights like what the steps find bad.</summary>
public sealed class AdaptedChoiceTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 8, Classes: 5);
    private static readonly LatencyTable Table = TinySpace.Table(Space);
    private static readonly double Middle = RandomArchitectures.Quantile(Space, Table, 0.5, 1);
    private static readonly LatencyTarget Band = new(0.9 * Middle, 1.1 * Middle);

    private readonly List<(DerivedArchitecture Network, int Steps)> adapted = [];
    private readonly List<(double Done, double Total)> told = [];
    private readonly FasterSegOptions options = new();

    public AdaptedChoiceTests()
    {
        options.Space = new()
        {
            Height = 64,
            Width = 64,
            Fch = 4,
            Layers = 8,
            Classes = 5,
            Widths = "4/12, 8/12, 12/12",
        };
        OneShotOptions phase = options.OneShot;
        (phase.Networks, phase.Population, phase.Parents) = (60, 20, 8);
        (phase.AdaptationSteps, phase.AdaptedNetworks, phase.AdaptedDescendants, phase.AdaptationRungs) = (10, 9, 21, 3);
    }

    [Fact]
    public void Evolution_goes_on_from_the_best_of_all_and_of_the_drawn_ones()
    {
        IReadOnlyList<ScoredNetwork> ranked = Ranked(),
            order = Ordered(ranked);
        DerivedArchitecture[] first = [.. adapted.Take(9).Select(one => one.Network)],
            later = [.. adapted.Skip(9).Take(21).Select(one => one.Network)];
        Assert.Equal(ranked.Take(5).Select(one => one.Architecture), first[..5]);
        Assert.Equal(ranked.Where(one => one.IsDrawn).Select(one => one.Architecture).Except(first[..5]).Take(4), first[5..]);
        Assert.All(order, one => Assert.True(Band.Contains(one.EstimateMs)));
        // What the steps like is found by them, and not by the shared weights.
        Assert.True(later.Min(Bad) < first.Min(Bad) - 0.3, $"{later.Min(Bad)} and {first.Min(Bad)}");
        Assert.Equal(adapted.Min(one => Bad(one.Network)), Bad(order[0].Architecture));
    }

    [Fact]
    public void The_best_quarter_begins_once_more_with_four_times_the_steps()
    {
        Ordered(Ranked());
        Assert.Equal([(10, 30), (40, 8), (160, 2)], adapted.CountBy(one => one.Steps).Select(rung => (rung.Key, rung.Value)));
        Assert.Equal(adapted.Count, adapted.Distinct().Count());
        Assert.Equal([(30, 10), (8, 40), (2, 160)], AdaptedChoice.Rungs(options.OneShot));
        foreach (int steps in new[] { 10, 40 })
        {
            double[] losses = [.. adapted.Where(one => one.Steps == steps).Select(one => Loss(one.Network, steps)).Order()];
            DerivedArchitecture[] next = [.. adapted.Where(one => one.Steps == 4 * steps).Select(one => one.Network)];
            Assert.Equal(losses.Take(next.Length), next.Select(network => Loss(network, steps)));
        }
        Assert.Equal((30 * 10) + (8 * 40) + (2 * 160), told[^1].Done);
    }

    [Fact]
    public void Every_network_stays_in_the_order_once_with_its_score_by_the_shared_weights()
    {
        IReadOnlyList<ScoredNetwork> ranked = Ranked(),
            order = Ordered(ranked);
        Assert.Equal(order.Count, order.Select(one => one.Architecture).Distinct().Count());
        Assert.Subset(order.Select(one => one.Architecture).ToHashSet(), ranked.Select(one => one.Architecture).ToHashSet());
        Assert.All(order, one => Assert.Equal(-Bad(one.Architecture), one.Score.Loss));
        Assert.Equal(adapted.Where(one => one.Steps == 160).MinBy(one => Loss(one.Network, 160)).Network, order[0].Architecture);
    }

    [Fact]
    public void One_that_was_scored_before_and_descends_from_others_stands_in_the_order_once()
    {
        (options.OneShot.AdaptedNetworks, options.OneShot.AdaptedDescendants) = (2, 6);
        ScoredNetwork[] two = [.. Ranked().Take(2)];
        IReadOnlyList<ScoredNetwork> once = Ordered(two);
        Assert.Equal(8, once.Count);
        // The same networks with other keys, as a search comes to them.
        IEnumerable<ScoredNetwork> known = once.Where(one => !two.Contains(one));
        IReadOnlyList<ScoredNetwork> again = Ordered([two[0], two[1], .. known]);
        Assert.Equal(once.Select(one => one.Architecture), again.Select(one => one.Architecture));
    }

    [Fact]
    public void Without_descendants_the_best_are_looked_at_and_no_random_ones()
    {
        options.OneShot.AdaptedDescendants = 0;
        IReadOnlyList<ScoredNetwork> ranked = Ranked();
        Ordered(ranked);
        Assert.Equal(ranked.Take(9).Select(one => one.Architecture), adapted.Take(9).Select(one => one.Network));
    }

    [Fact]
    public void Without_steps_the_order_stays_and_nothing_is_trained()
    {
        options.OneShot.AdaptationSteps = 0;
        IReadOnlyList<ScoredNetwork> ranked = Ranked();
        Assert.Same(ranked, Ordered(ranked));
        Assert.Empty(adapted);
        Assert.Empty(AdaptedChoice.Rungs(options.OneShot));
    }

    [Fact]
    public void A_band_that_holds_few_networks_has_later_rungs_of_their_number()
    {
        ScoredNetwork[] two = [.. Ranked().Take(2)];
        var narrow = new LatencyTarget(two[0].EstimateMs * (1 - 1e-9), two[0].EstimateMs * (1 + 1e-9));
        (options.OneShot.AdaptationRungs, options.OneShot.Mutation) = (2, 0);
        new AdaptedChoice(options, Table, narrow, Shared, Adapted, new TellingReporter(told)).Ordered(two, Cancellation);
        int small = adapted.Count(one => one.Steps == 10);
        Assert.InRange(small, 2, 22);
        Assert.Equal((small + 3) / 4, adapted.Count(one => one.Steps == 40));
        Assert.Equal((small * 10) + ((small + 3) / 4 * 40), told[^1].Done);
        Assert.Equal(told[^1].Done, told[^1].Total);
    }

    [Fact]
    public void It_ends_at_the_next_network_when_it_is_stopped()
    {
        IReadOnlyList<ScoredNetwork> ranked = Ranked();
        using var stop = new CancellationTokenSource();
        int asked = 0;
        NetworkScore Stopping(DerivedArchitecture network)
        {
            stop.Cancel();
            asked++;
            return Shared(network);
        }
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new AdaptedChoice(options, Table, Band, Stopping, Adapted, new TellingReporter(told)).Ordered(ranked, stop.Token)
        );
        Assert.Equal(1, asked);
        Assert.InRange(adapted.Count, 9, 29);
    }

    [Fact]
    public void Few_networks_end_in_one()
    {
        (options.OneShot.AdaptedNetworks, options.OneShot.AdaptedDescendants) = (3, 0);
        Ordered(Ranked());
        Assert.Equal([10, 10, 10, 40], adapted.Select(one => one.Steps));
    }

    private IReadOnlyList<ScoredNetwork> Ranked() =>
        new Evolution(Space, Role.Student, Table, Band, options.OneShot, 60, seed: 1).Run(Shared, (_, _) => { }, Cancellation);

    private IReadOnlyList<ScoredNetwork> Ordered(IReadOnlyList<ScoredNetwork> ranked) =>
        new AdaptedChoice(options, Table, Band, Shared, Adapted, new TellingReporter(told)).Ordered(ranked, Cancellation);

    private static NetworkScore Shared(DerivedArchitecture network) => new(-Bad(network), 0.5);

    private NetworkScore Adapted(DerivedArchitecture network, int steps)
    {
        adapted.Add((network, steps));
        return new(Loss(network, steps), 0.5);
    }

    private static double Loss(DerivedArchitecture network, int steps) => Bad(network) - (0.001 * steps);

    /// <summary>The fewer of the widest maps and of conv_2x, the worse.</summary>
    private static double Bad(DerivedArchitecture network) =>
        -network.Branches.Sum(branch => branch.Widths.Average() + branch.Operators.Average(kind => kind == OperatorKind.Conv2x ? 1.0 : 0));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private sealed class TellingReporter(List<(double, double)> told) : Search.Runs.IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
        {
            Assert.Equal("scores_adapted", task);
            Assert.InRange(done, 1, total);
            told.Add((done, total));
        }

        public void Say(string line) => Assert.Fail(line);
    }
}
