using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Networks;

/// <summary>The corrected derivation: what holds for every network of every space, and each rule on a hand-made case.</summary>
public sealed class DerivationTests
{
    [Fact]
    public void Every_derived_network_is_valid_and_has_no_skip()
    {
        Gen.Select(Gen.Int[4, 20], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int)
            .Sample(
                (layers, shallowEnd, role, seed) =>
                {
                    SearchSpace space = Space(layers);
                    DerivedArchitecture derived = Derivation.Derive(Random(space, seed), space, (Role)role, shallowEnd).Validated();
                    Assert.Equal(2, derived.Deep.Path[^1]);
                    Assert.Equal(shallowEnd, derived.Shallow.Path[^1]);
                    foreach (BranchArchitecture branch in derived.Branches)
                    {
                        Assert.DoesNotContain(OperatorKind.Skip, branch.Operators);
                        Assert.Equal(branch.Operators.Count, branch.Path.Count);
                        Assert.Equal(branch.Operators.Count - 1, branch.Widths.Count);
                        Assert.True(branch.Operators.Count >= Math.Min(layers, (int)Math.Round(layers / 3.0) + (2 * branch.Path[^1])));
                        Assert.All(branch.Widths, width => Assert.Contains(width, space.WidthRatios));
                        if (role == 0)
                        {
                            Assert.Equal(layers, branch.Operators.Count);
                            Assert.All(branch.Widths, width => Assert.Equal(1, width));
                        }
                    }
                },
                iter: 2000
            );
    }

    [Fact]
    public void A_derivation_leaves_its_values_as_they_are()
    {
        SearchSpace space = Space(8);
        ArchitectureValues values = Random(space, 7),
            before = values.Copy();
        Derivation.Derive(values, space, Role.Teacher, 1);
        Derivation.Derive(values, space, Role.Student, 0, DerivationRule.Released);
        Assert.Equal(before.Alpha.SelectMany(s => s).SelectMany(r => r), values.Alpha.SelectMany(s => s).SelectMany(r => r));
        Assert.Equal(before.Beta.SelectMany(s => s).SelectMany(r => r), values.Beta.SelectMany(s => s).SelectMany(r => r));
    }

    [Fact]
    public void Row_k_of_beta_at_16_sends_layer_k_plus_1_down_and_released_sends_layer_k()
    {
        double[][][] beta = Beta(layers: 10);
        beta[1][4][0] = 0.9;
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], PathDerivation.Path(beta, 10, 1, DerivationRule.Corrected));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], PathDerivation.Path(beta, 10, 1, DerivationRule.Released));
    }

    [Fact]
    public void The_pair_with_the_largest_product_sends_layers_i_plus_1_and_j_plus_2_down()
    {
        double[][][] beta = Beta(layers: 12);
        beta[1][2][0] = 0.9;
        beta[2][5][0] = 0.8;
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], PathDerivation.Path(beta, 12, 2, DerivationRule.Corrected));
    }

    [Theory]
    [InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void A_short_network_goes_down_at_any_two_layers(int layers)
    {
        int[] path = PathDerivation.Path(Beta(layers), layers, 2, DerivationRule.Corrected);
        Assert.Equal(2, path[^1]);
        Assert.Equal(0, path[1]);
        Assert.All(path.Zip(path.Skip(1)), step => Assert.InRange(step.Second - step.First, 0, 1));
    }

    [Fact]
    public void Stride_1_skips_are_pruned_strongest_first_up_to_the_limit()
    {
        // 6 layers at 1/8: at least round(6 / 3) = 2 stay, so of five skips the four strongest go; layer 1 has the weakest.
        double[][][] alpha =
        [
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(layer =>
                        new[]
                        {
                            layer == 3 ? -5.0
                            : layer == 1 ? 1.0
                            : 2 + layer,
                            0,
                            0.1,
                            0.5,
                            0,
                        }
                    ),
            ],
            [],
            [],
        ];
        int?[] chosen = OperatorDerivation.Choose(alpha, [0, 0, 0, 0, 0, 0], DerivationRule.Corrected);
        Assert.Equal([null, 3, null, 3, null, null], chosen);
    }

    [Fact]
    public void A_stretch_after_a_downsampling_keeps_its_weakest_skip()
    {
        double[][][] alpha =
        [
            [.. Enumerable.Range(0, 8).Select(_ => new[] { 0.0, 1, 0, 0, 0 })],
            [.. Enumerable.Range(0, 7).Select(row => new[] { row == 4 ? 1.5 : 3.0, 0, 1, 0, 0 })],
            [],
        ];
        // Layer 2 goes down; layers 3 to 7 at 1/16 would all be skips. Row 4 is layer 5.
        int?[] chosen = OperatorDerivation.Choose(alpha, [0, 0, 0, 1, 1, 1, 1, 1], DerivationRule.Corrected);
        Assert.Equal(2, chosen[5]);
        // Of the other four skips three go: round(8 / 3) + 2 = 5 layers must stay.
        Assert.Equal(5, chosen.Count(o => o is not null));
    }

    private static SearchSpace Space(int layers) => SearchSpace.Paper(256, 512) with { Layers = layers };

    private static double[][][] Beta(int layers) =>
        [
            [],
            [.. Enumerable.Range(0, layers - 2).Select(_ => new[] { 0.5, 0.5 })],
            [.. Enumerable.Range(0, layers - 3).Select(_ => new[] { 0.5, 0.5 })],
        ];

    private static ArchitectureValues Random(SearchSpace space, int seed)
    {
        var random = new Random(seed);
        double[][] Rows(int rows, int columns) =>
            [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextDouble()).ToArray())];
        return new ArchitectureValues(
            [.. Enumerable.Range(0, 3).Select(s => Rows(space.Layers - s, 5))],
            [
                [],
                Rows(space.Layers - 2, 2),
                Rows(space.Layers - 3, 2),
            ],
            [.. Enumerable.Range(0, 3).Select(s => Rows(MapRows.Count(space, s), 5))]
        );
    }
}
