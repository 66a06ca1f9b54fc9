using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Correcting;

public sealed class NetworksFactsTests
{
    private static readonly LatencyTable Table = With(
        new Dictionary<string, string>
        {
            [LatencyTable.NetworksFact] = "12 random networks measured whole, once each: ... so there is no correction",
            [LatencyTable.NetworksRangeFact] = "100.000 to 200.000",
            [LatencyTable.NetworksDeviationFact] = "bias -2.000 %, scatter 0.500 %",
            ["cpu"] = "kept",
        }
    );

    [Fact]
    public void A_new_correction_brings_its_own_facts()
    {
        TableValidation validation = TableValidation.Begin(Table, MadeValidations.Settings(reporting: 4, fitting: 24), "t.json");
        while (validation.Next() is { } network)
            validation = validation.With(
                network,
                MadeValidations.Measured(0.9 * Sum(MadeValidations.Table, network.Architecture), Table.Identity),
                "made up"
            );
        LatencyTable corrected = ValidationResults.Corrected(validation, Table)!;
        Assert.StartsWith(
            "24 random networks measured whole by 'lut validate', ",
            corrected.Environment[LatencyTable.NetworksFact],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("no correction", corrected.Environment[LatencyTable.NetworksFact], StringComparison.Ordinal);
        Assert.Equal("kept", corrected.Environment["cpu"]);
        Assert.Equal("bias +11.111 %, scatter 0.000 %", corrected.Environment[LatencyTable.NetworksDeviationFact]);
        double[] estimates = [.. validation.Measured(NetworkUse.Fitting).Select(network => Sum(corrected, network.Architecture))];
        var trusted = TrustedLatencies.Of(corrected)!;
        Assert.Equal(estimates.Min(), trusted.LowMs, 3);
        Assert.Equal(estimates.Max(), trusted.HighMs, 3);
    }

    [Fact]
    public void Without_networks_a_table_has_neither_correction_nor_facts()
    {
        LatencyTable without = NetworksFacts.Without(Table.With(new LatencyCorrection(1.1, 0, 0, 0, 12, 0.01)));
        Assert.Null(without.Correction);
        Assert.Equal(["cpu"], without.Environment.Keys);
        Assert.Equal(Table.Entries, without.Entries);
    }

    [Theory]
    [InlineData(0.04, 0.01, true)]
    [InlineData(0.04, 0.037, false)]
    [InlineData(0.04, 0.05, false)]
    [InlineData(0.6, 0.4, false)]
    public void A_correction_has_to_gain_a_tenth_on_networks_that_agree(double plain, double corrected, bool helps)
    {
        Assert.Equal(helps, NetworksFacts.Helps(plain, corrected));
        Assert.Equal(
            !helps,
            NetworksFacts.Sentence(12, 3, plain, corrected).EndsWith(", so there is no correction", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(1, 0, "12 random networks measured whole, once each: ")]
    [InlineData(2, 0, "12 random networks measured whole, twice each: ")]
    [InlineData(2.5, 2, "12 random networks measured whole, 2.5 times each (2 more could not be): ")]
    public void It_says_how_often_they_were_measured(double times, int lacking, string begin) =>
        Assert.StartsWith(begin, NetworksFacts.Sentence(12, times, 0.04, 0.01, lacking), StringComparison.Ordinal);

    private static LatencyTable With(Dictionary<string, string> environment)
    {
        LatencyTable made = MadeValidations.Table;
        return new(made.Identity, made.Space, made.Entries, made.Created, environment);
    }

    private static double Sum(LatencyTable table, DerivedArchitecture architecture) =>
        NetworkPlan.Of(architecture, MadeValidations.Space).Parts.Sum(part => table[part.Spec]);
}
