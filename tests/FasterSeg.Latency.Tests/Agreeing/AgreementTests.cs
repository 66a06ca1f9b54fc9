using CsCheck;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Numbers;

namespace FasterSeg.Latency.Tests.Agreeing;

public sealed class AgreementTests
{
    private static readonly Gen<(double[] Estimated, double[] Measured)> Samples =
        from count in Gen.Int[3, 25]
        from measured in Gen.Double[1, 50].Array[count]
        from errors in Gen.Double[-0.3, 0.3].Array[count]
        select (measured.Zip(errors, (ms, error) => ms * (1 + error)).ToArray(), measured);

    [Fact]
    public void Errors_are_relative_to_the_measurement()
    {
        // +1 %, -8 %, +12 %, -4 %.
        var agreement = Agreement.Of([10.1, 18.4, 44.8, 96], [10, 20, 40, 100]);
        Assert.Equal(4, agreement.Networks);
        Assert.Equal(0.0025, agreement.Bias.Value, 12);
        Assert.Equal(0.0625, agreement.Mape.Value, 12);
        Assert.Equal((0.25, 0.5, 0.75), (agreement.Within2.Value, agreement.Within5.Value, agreement.Within10.Value));
        Assert.Equal(1, agreement.Kendall!.Value, 12);
    }

    /// <summary>Computed with SciPy's pearsonr and spearmanr (their documentation has the second); one value is tied.</summary>
    [Fact]
    public void Correlations_are_those_of_known_samples()
    {
        var agreement = Agreement.Of([5, 6, 7, 8, 7], [1, 2, 3, 4, 5]);
        Assert.Equal(0.8320502943378436, agreement.Pearson!.Value, 12);
        Assert.Equal(0.8207826816681233, agreement.Spearman!.Value, 12);
    }

    [Fact]
    public void Near_pairs_are_judged_apart()
    {
        // Far pairs are all in order, the two near pairs are not.
        var agreement = Agreement.Of([11, 10, 110, 100], [10, 11, 100, 110]);
        Assert.Equal(2, agreement.NearPairs);
        Assert.Equal(-1, agreement.KendallNear!.Value, 12);
        Assert.Equal((4 - 2) / 6.0, agreement.Kendall!.Value, 12);
    }

    [Fact]
    public void Estimates_that_do_not_vary_have_no_correlation()
    {
        var agreement = Agreement.Of([3, 3, 3], [1, 2, 3]);
        Assert.Null(agreement.Pearson);
        Assert.Null(agreement.Spearman);
        Assert.Null(agreement.Kendall);
        Assert.Throws<ArgumentException>(() => Agreement.Of([], []));
        Assert.Throws<ArgumentException>(() => Agreement.Of([1], [1, 2]));
    }

    /// <summary>Clopper and Pearson's for 5 and for 10 of 10; the latter's lower end is 0.025^(1/10).</summary>
    [Fact]
    public void Shares_have_the_exact_binomial_interval()
    {
        Figure half = Bootstrap.Share(5, 10),
            all = Bootstrap.Share(10, 10),
            none = Bootstrap.Share(0, 10);
        Assert.Equal((0.1871, 0.8129), (Math.Round(half.Low, 4), Math.Round(half.High, 4)));
        Assert.Equal(Math.Pow(0.025, 0.1), all.Low, 6);
        Assert.Equal((1.0, 0.0), (all.High, none.Low));
        Assert.Equal(1 - all.Low, none.High, 6);
    }

    /// <summary>Of many errors around +2 % the interval of the bias is the mean's: 1.96 standard errors to either side.</summary>
    [Fact]
    public void The_intervals_width_is_that_of_the_mean()
    {
        var random = new StableRandom(4);
        double[] errors = [.. Enumerable.Range(0, 400).Select(_ => 0.02 + random.NextDouble(-0.05, 0.05))];
        double[] measured = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble(5, 50))];
        Figure bias = Agreement.Of([.. measured.Zip(errors, (ms, error) => ms * (1 + error))], measured).Bias;
        // A uniform error's deviation is its range over the root of 12.
        double expected = 2 * 1.96 * 0.1 / Math.Sqrt(12) / Math.Sqrt(400);
        Assert.InRange(bias.High - bias.Low, 0.85 * expected, 1.15 * expected);
        Assert.InRange(bias.Value, bias.Low, bias.High);
    }

    [Fact]
    public void A_perfect_estimate_is_perfect() =>
        Samples.Sample(
            sample =>
            {
                var agreement = Agreement.Of(sample.Measured, sample.Measured);
                Assert.Equal((0.0, 0.0, 1.0), (agreement.Bias.Value, agreement.Mape.Value, agreement.Within2.Value));
                Assert.Equal(1, agreement.Pearson!.Value, 9);
                Assert.Equal(1, agreement.Kendall!.Value, 9);
            },
            iter: 20
        );

    [Fact]
    public void Another_unit_changes_nothing_and_intervals_hold_their_figures() =>
        Samples.Sample(
            sample =>
            {
                var (estimated, measured) = sample;
                // A power of two is exact in doubles.
                Agreement one = Agreement.Of(estimated, measured),
                    other = Agreement.Of([.. estimated.Select(ms => 1024 * ms)], [.. measured.Select(ms => 1024 * ms)]);
                Assert.Equal(one.Bias, other.Bias);
                Assert.Equal(one.Mape, other.Mape);
                Assert.Equal(one.KendallNear, other.KendallNear);
                Assert.Equal(one.Within5, other.Within5);
                Assert.True(Math.Abs(one.Bias.Value) <= one.Mape.Value + 1e-12);
                foreach (
                    Figure figure in new[]
                    {
                        one.Pearson,
                        one.Spearman,
                        one.Kendall,
                        one.KendallNear,
                        one.Bias,
                        one.Mape,
                        one.Within2,
                        one.Within5,
                        one.Within10,
                    }.OfType<Figure>()
                )
                    Assert.True(figure.Low <= figure.Value && figure.Value <= figure.High, figure.ToString());
            },
            iter: 20
        );
}
