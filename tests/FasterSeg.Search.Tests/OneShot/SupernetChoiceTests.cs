using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>What is on a front, by made-up scores: the slower a network, the smaller its loss.</summary>
public sealed class SupernetChoiceTests
{
    private const int Networks = 3;

    private readonly FasterSegOptions options = TinySearch.Options();
    private readonly SearchSpace space;
    private readonly List<string> phases = [];

    public SupernetChoiceTests()
    {
        space = options.Space.ToSpace();
        options.OneShot.Networks = 12;
        Table = TinySpace.Table(space);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LatencyTable Table { get; set; }

    [Fact]
    public void Nothing_that_was_found_beats_a_network_of_the_front_however_fast_it_is()
    {
        DerivedArchitecture fastest = Drawn().MinBy(Ms)!;
        Assert.True(Ms(fastest) < RandomArchitectures.Quantile(space, Table, 0.05, options.Seed));
        var (front, all) = Front([fastest], network => network == fastest ? -1000 : -Ms(network));
        Assert.Equal(fastest, Assert.Single(front).Architecture);
        Assert.Contains(all, one => one.Architecture == fastest);
    }

    [Fact]
    public void What_was_found_before_the_first_band_stands_in_it_and_what_lies_behind_the_last_is_left_out()
    {
        DerivedArchitecture fastest = Drawn().MinBy(Ms)!,
            slowest = Drawn().MaxBy(Ms)!;
        Assert.True(Ms(slowest) > RandomArchitectures.Quantile(space, Table, 0.95, options.Seed));
        var (front, all) = Front([fastest, slowest], network => -Ms(network));
        Assert.Equal(Networks, front.Count);
        Assert.Contains(all, one => one.Architecture == fastest);
        Assert.DoesNotContain(all, one => one.Architecture == slowest);
        Assert.DoesNotContain(front, one => all.Any(other => other.EstimateMs <= one.EstimateMs && other.Score.Loss < one.Score.Loss));
    }

    [Fact]
    public void For_a_band_without_networks_another_one_is_on_the_front()
    {
        // Networks without such an operator take a millisecond, and others a second and more: nothing lies between.
        Table = new(
            Table.Identity,
            space,
            Table.Entries.Select(entry => entry.Spec.Kind == OperatorKind.ZoomedConv2x ? entry with { MedianMs = 1000 } : entry),
            Table.Created
        );
        var (front, all) = Front([], network => -Ms(network));
        Assert.Equal(Networks, front.Count);
        Assert.Equal(["front_1_of_3", "front_3_of_3"], phases.Distinct());
        Assert.DoesNotContain(all, one => one.EstimateMs is > 100 and < 1000);
    }

    [Fact]
    public void Where_the_good_ones_are_of_one_band_those_that_none_beats_fill_the_front()
    {
        double low = RandomArchitectures.Quantile(space, Table, 0.05, options.Seed),
            high = RandomArchitectures.Quantile(space, Table, 0.95, options.Seed),
            end = low * Math.Pow(high / low, 1.0 / Networks);
        var (front, all) = Front([], network => Ms(network) < end ? -Ms(network) : 1000);
        Assert.Equal(Networks, front.Count);
        Assert.All(front, one => Assert.InRange(one.EstimateMs, low, end));
        double[] latencies = [.. front.Select(one => one.EstimateMs)];
        Assert.All(latencies[1..].Zip(latencies), pair => Assert.True(pair.First >= 1.01 * pair.Second));
        // The one with the smallest loss is among them, and the best of those that are all but the fastest.
        Assert.Equal(all.Min(one => one.Score.Loss), front[^1].Score.Loss);
        Assert.Equal(all.Where(one => one.EstimateMs < 1.01 * all[0].EstimateMs).Min(one => one.Score.Loss), front[0].Score.Loss);
    }

    [Fact]
    public void All_that_was_scored_has_one_order_whatever_was_known_before()
    {
        var (front, all) = Front([], network => -Ms(network));
        var (again, known) = Front(all.Select(one => one.Architecture).Reverse(), network => -Ms(network));
        Assert.Equal(all.Select(one => one.Architecture), known.Select(one => one.Architecture));
        Assert.Equal(front.Select(one => one.Architecture), again.Select(one => one.Architecture));
        Assert.Equal(all.Select(one => one.EstimateMs).Order(), all.Select(one => one.EstimateMs));
    }

    private (IReadOnlyList<OfferedNetwork> Front, IReadOnlyList<OfferedNetwork> All) Front(
        IEnumerable<DerivedArchitecture> found,
        Func<DerivedArchitecture, double> loss
    )
    {
        var reporter = new ListeningReporter((task, _) => phases.Add(task));
        NetworkScore Score(DerivedArchitecture network) => new(loss(network), 0);
        return new SupernetChoice(options, Table, Score, reporter).Front(Networks, found, Cancellation);
    }

    private IEnumerable<DerivedArchitecture> Drawn()
    {
        var random = new StableRandom(1, 1, 1);
        for (int i = 0; i < 2000; i++)
            yield return Genotype.Draw(space, ref random).Derive(space, Role.Student);
    }

    private double Ms(DerivedArchitecture network) => NetworkEstimate.Of(Table, NetworkPlan.Of(network, space)).TotalMs;
}
