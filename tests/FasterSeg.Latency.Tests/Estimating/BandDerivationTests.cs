using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Estimating;

/// <summary>The most probable network in a band.</summary>
public sealed class BandDerivationTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 6, Classes: 5);
    private static readonly LatencyTable Table = TinySpace.Table(Space);

    [Theory, InlineData(0), InlineData(1)]
    public void A_wide_band_gives_a_network_at_least_as_probable_as_the_argmax(int shallowEnd)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            ArchitectureValues learnt = TinyParameters.Values(Space, Role.Student, seed);
            double argmax = new DerivationLikelihood(learnt, Role.Student).Of(learnt, shallowEnd);
            var (network, logarithm) = Of(learnt, 1e-9, 1e9).Derive(shallowEnd)!.Value;
            Assert.True(double.IsFinite(argmax) && logarithm >= argmax);
            network.Validated();
        }
    }

    /// <summary>It is compared with very many random choices, of which it must beat each.</summary>
    [Theory, InlineData(0.15), InlineData(0.5), InlineData(0.85)]
    public void It_lies_in_the_band_and_none_of_many_others_there_is_more_probable(double quantile)
    {
        double middle = RandomArchitectures.Quantile(Space, Table, quantile, seed: 5);
        var band = new LatencyTarget(0.97 * middle, 1.03 * middle);
        for (int seed = 0; seed < 3; seed++)
        {
            // Far from uniform, as what was learnt is.
            ArchitectureValues learnt = Sharp(TinyParameters.Values(Space, Role.Student, seed));
            var likelihood = new DerivationLikelihood(learnt, Role.Student);
            var (network, logarithm) = new BandDerivation(learnt, Space, Role.Student, Table, band).Derive(1)!.Value;
            Assert.True(band.Contains(Estimate(network)));
            double best = double.NegativeInfinity;
            var random = new StableRandom(seed, 99);
            for (int i = 0; i < 20_000; i++)
            {
                Genotype other = Genotype.Draw(Space, ref random, shallowEnd: 1);
                if (!band.Contains(Estimate(other.Derive(Space, Role.Student))))
                    continue;
                best = Math.Max(best, likelihood.Of(other.Values, 1));
            }
            Assert.True(logarithm >= best, $"seed {seed}: {logarithm} and {best}");
        }
    }

    [Fact]
    public void A_band_that_no_network_reaches_gives_none() =>
        Assert.Null(Of(TinyParameters.Values(Space, Role.Student, 1), 1e6, 2e6).Derive(0));

    private static BandDerivation Of(ArchitectureValues learnt, double low, double high) =>
        new(learnt, Space, Role.Student, Table, new(low, high));

    private static double Estimate(DerivedArchitecture network) => NetworkEstimate.Of(Table, NetworkPlan.Of(network, Space)).TotalMs;

    private static ArchitectureValues Sharp(ArchitectureValues values)
    {
        ArchitectureValues sharp = values.Copy();
        foreach (double[] row in new[] { sharp.Alpha, sharp.Beta, sharp.Gamma }.SelectMany(kind => kind.SelectMany(scale => scale)))
        {
            for (int i = 0; i < row.Length; i++)
                row[i] *= 5;
        }
        return sharp;
    }
}
