using CsCheck;
using FasterSeg.Latency.Agreeing;

namespace FasterSeg.Latency.Tests.Agreeing;

public sealed class KendallTauTests
{
    private static readonly Gen<(double[] X, double[] Y)> Pairs =
        from count in Gen.Int[2, 30]
        from x in Gen.Int[1, 12].Select(i => (double)i).Array[count]
        from y in Gen.Int[1, 12].Select(i => (double)i).Array[count]
        select (x, y);

    /// <summary>With ties on both sides; the value is that of SciPy's documentation of kendalltau.</summary>
    [Fact]
    public void Tied_values_give_tau_b() =>
        Assert.Equal(-0.47140452079103173, KendallTau.Of([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).Tau!.Value, 12);

    /// <summary>Of six pairs five are in order.</summary>
    [Fact]
    public void One_swap_of_four_costs_one_pair() => Assert.Equal(4 / 6.0, KendallTau.Of([1, 3, 2, 4], [10, 20, 30, 40]).Tau!.Value, 12);

    /// <summary>10 and 11 are near, 11 and 13.2 are just near, 10 and 13.2 are not; nor are 120 and 144.6.</summary>
    [Fact]
    public void Only_near_pairs_count_where_asked()
    {
        (double? tau, int pairs) = KendallTau.Of([2, 1, 3], [10, 11, 13.2], within: 0.2);
        Assert.Equal((0.0, 2), (tau, pairs));
        Assert.Equal((1.0, 1), KendallTau.Of([1, 2, 0], [100, 120, 144.6], within: 0.2));
        Assert.Equal((null, 0), KendallTau.Of([2, 1, 3], [10, 20, 40], within: 0.2));
    }

    /// <summary>The square roots of 3 pairs multiply to a little less than 3.</summary>
    [Fact]
    public void A_perfect_order_is_1_and_not_more() => Assert.Equal((1.0, 3), KendallTau.Of([1, 2, 3], [1, 2, 3]));

    [Fact]
    public void Equal_values_have_no_tau() => Assert.Null(KendallTau.Of([1, 2, 3], [5, 5, 5]).Tau);

    /// <summary>The definition, pair by pair, with the counts of ties taken from groups of equal values.</summary>
    [Fact]
    public void Tau_is_that_of_the_definition() =>
        Pairs.Sample(
            sample =>
            {
                var (x, y) = sample;
                int n = x.Length;
                double all = n * (n - 1) / 2.0;
                double Ties(double[] values) => values.GroupBy(value => value).Sum(group => group.Count() * (group.Count() - 1) / 2.0);
                double numerator = (
                    from i in Enumerable.Range(0, n)
                    from j in Enumerable.Range(0, i)
                    select Math.Sign((x[i] - x[j]) * (y[i] - y[j]))
                ).Sum();
                double root = Math.Sqrt((all - Ties(x)) * (all - Ties(y)));
                (double? tau, int pairs) = KendallTau.Of(x, y);
                Assert.Equal((int)all, pairs);
                if (root == 0)
                    Assert.Null(tau);
                else
                    Assert.Equal(numerator / root, tau!.Value, 12);
            },
            iter: 500
        );

    [Fact]
    public void Only_the_order_matters_and_turning_it_round_turns_the_sign() =>
        Pairs.Sample(
            sample =>
            {
                var (x, y) = sample;
                double? tau = KendallTau.Of(x, y).Tau;
                Assert.Equal(tau, KendallTau.Of([.. x.Select(value => Math.Exp(value / 3))], y).Tau);
                Assert.Equal(-tau, KendallTau.Of([.. x.Select(value => -value)], y).Tau);
            },
            iter: 300
        );
}
