using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

public sealed class PathSamplerTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 6, Classes: 5);
    private static readonly LatencyTable Table = TinySpace.Table(Space);
    private static readonly double Middle = RandomArchitectures.Quantile(Space, Table, 0.5, 1);

    [Fact]
    public void An_epoch_depends_on_seed_and_epoch_alone()
    {
        string[] Of(int seed, int epoch) =>
            [
                .. new PathSampler(Space, Table, Middle, seed)
                    .Epoch(epoch, 40)
                    .Select(plan => DerivedArchitectureJson.Write(plan.Architecture)),
            ];
        var sampler = new PathSampler(Space, Table, Middle, 5);
        sampler.Epoch(0, 40);
        Assert.Equal(Of(5, 1), sampler.Epoch(1, 40).Select(plan => DerivedArchitectureJson.Write(plan.Architecture)));
        Assert.NotEqual(Of(5, 1), Of(5, 2));
        Assert.NotEqual(Of(5, 1), Of(6, 1));
    }

    [Fact]
    public void Latencies_are_spread_evenly_where_plain_draws_are_not()
    {
        double[] octaves =
        [
            .. new PathSampler(Space, Table, Middle, 3)
                .Epoch(0, 800)
                .Select(plan => Math.Log2(NetworkEstimate.Of(Table, plan).TotalMs / Middle)),
        ];
        double[] plain =
        [
            .. Enumerable
                .Range(0, 800)
                .Select(i => RandomArchitectures.Draw(Space, Role.Student, i))
                .Select(network => Math.Log2(NetworkEstimate.Of(Table, NetworkPlan.Of(network, Space)).TotalMs / Middle)),
        ];
        int[] Bins(double[] values) => [.. Enumerable.Range(-2, 4).Select(bin => values.Count(value => Math.Floor(2 * value) == bin))];
        Assert.True(Bins(octaves).Min() > 1.5 * Bins(plain).Min(), $"{string.Join(" ", Bins(octaves))}; {string.Join(" ", Bins(plain))}");
    }

    [Fact]
    public void Every_operator_of_every_cell_at_every_width_gets_its_turn()
    {
        // Against networks of the same latencies that nobody chooses between.
        Dictionary<string, int> fair = Uses(new PathSampler(Space, Table, Middle, 3).Epoch(0, 600)),
            plain = Uses(new PathSampler(Space, Table, Middle, 3, rivals: 1).Epoch(0, 600));
        Assert.True(fair.Count >= plain.Count, $"{fair.Count} and {plain.Count} parts");
        // How unevenly: the deviation of the uses, as a share of their mean.
        double Uneven(Dictionary<string, int> uses)
        {
            double mean = uses.Values.Average();
            return Math.Sqrt(uses.Values.Average(use => (use - mean) * (use - mean))) / mean;
        }
        Assert.True(Uneven(fair) < 0.8 * Uneven(plain), $"{Uneven(fair):F3} and {Uneven(plain):F3}");
        Assert.True(fair.Values.Min() > plain.Values.Min(), $"{fair.Values.Min()} and {plain.Values.Min()}");
    }

    private static Dictionary<string, int> Uses(IEnumerable<NetworkPlan> plans) =>
        plans
            .SelectMany(plan =>
                plan.Parts.Where(part => part.Layer is not null)
                    .Select(part => $"{part.Layer} {part.Spec.Kind} {part.Spec.Height} {part.Spec.Stride}")
            )
            .GroupBy(cell => cell)
            .ToDictionary(group => group.Key, group => group.Count());
}
