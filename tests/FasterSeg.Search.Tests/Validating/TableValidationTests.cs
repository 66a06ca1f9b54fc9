using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>A validation's facts and its file.</summary>
public sealed class TableValidationTests
{
    [Fact]
    public void The_estimate_is_the_sum_of_the_networks_parts() =>
        Assert.All(MadeValidations.Begun().Networks, network =>
            Assert.Equal(
                NetworkPlan.Of(network.Architecture, 64, 64).Parts.Sum(part => MadeValidations.Table[part.Spec]),
                network.EstimateMs!.Value,
                12
            )
        );

    [Fact]
    public void A_written_validation_reads_back_the_same_and_conforms_to_the_schema()
    {
        TableValidation begun = MadeValidations.Begun(),
            partly = begun.With(begun.Next()!, MadeValidations.Measure(begun.Next()!), "made up");
        foreach (
            TableValidation validation in new[]
            {
                begun,
                partly,
                MadeValidations.Finished(),
                MadeValidations.Finished(MadeValidations.Settings(fitting: 0, passes: 2)),
            }
        )
        {
            string json = MadeValidations.Facts(validation);
            Assert.True(ValidationSchema.Conforms(json), json);
            TableValidation read = TableValidationFile.Read(Encoding.UTF8.GetBytes(json), "V.json");
            Assert.Equal(json, MadeValidations.Facts(read));
            read.RequireSame(validation, "V.json");
        }
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2")]
    [InlineData("\"use\":\"fitting\"", "\"use\":\"guessing\"")]
    [InlineData("\"passes\":1", "\"pass\":1")]
    [InlineData("\"role\":\"teacher\",", "")]
    [InlineData("\"median_ms\":", "\"median_ms\":-")]
    [InlineData("\"table_sha256\"", "\"sha256\"")]
    public void What_the_reader_refuses_the_schema_refuses(string text, string edit)
    {
        string json = MadeValidations.Facts(MadeValidations.Finished());
        Assert.Contains(text, json, StringComparison.Ordinal);
        string edited = json.Replace(text, edit, StringComparison.Ordinal);
        Assert.False(ValidationSchema.Conforms(edited));
        var fault = Assert.Throws<UserErrorException>(() => TableValidationFile.Read(Encoding.UTF8.GetBytes(edited), "V.json"));
        Assert.StartsWith("V.json is no validation of a table (", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_goes_on_only_as_it_was_begun()
    {
        TableValidation begun = MadeValidations.Begun();
        ValidationSettings settings = begun.Settings;
        foreach (
            var (other, named) in new[]
            {
                (MadeValidations.Begun(settings with { Seed = 2 }), "--seed is '1' in it and '2' here"),
                (MadeValidations.Begun(settings with { Fitting = 8 }), "--fitting is '4'"),
                (MadeValidations.Begun(settings with { Passes = 2 }), "--passes is '1' in it and '2' here"),
                (
                    MadeValidations.Begun(settings with { Measuring = new MeasuringOptions { MaximumSeconds = 2.5 } }),
                    "measuring:maximumSeconds is '0' in it and '2.5' here"
                ),
                (begun with { TableSha256 = new string('0', 64) }, "the table's SHA-256 is"),
                (
                    begun with
                    {
                        Networks = [.. begun.Networks.Select(network => network.Number == 3 ? network with { EstimateMs = 1 } : network)],
                    },
                    "has other networks"
                ),
                (
                    begun with
                    {
                        Networks =
                        [
                            .. begun.Networks.Select(network => network.Number == 3 ? network with { Use = NetworkUse.Fitting } : network),
                        ],
                    },
                    "has other networks"
                ),
            }
        )
        {
            var fault = Assert.Throws<UserErrorException>(() => begun.RequireSame(other, "V.json"));
            Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Results_tell_the_two_uses_apart_and_name_the_worst_with_its_parts()
    {
        TableValidation begun = MadeValidations.Begun(MadeValidations.Settings(passes: 3));
        // Reported networks take 5 % longer than their parts, but for one; those for fitting are twice as slow, and the second pass is 1 %
        // slower.
        int odd = 5;
        TableValidation validation = begun;
        while (validation.Next() is { } network)
        {
            double factor =
                (
                    network.Use == NetworkUse.Fitting ? 2
                    : network.Number == odd ? 1.25
                    : 1.05
                ) * (network.Readings.Count == 1 ? 1.01 : 1);
            validation = validation.With(
                network,
                MadeValidations.Measured(factor * network.EstimateMs!.Value, MadeValidations.Table.Identity),
                "made up"
            );
        }
        var results = MadeValidations.Results(validation, MadeValidations.Table, worst: 1);
        EstimateResult sums = Assert.Single(results.Estimates);
        Assert.Equal(((7 * (1 - (1 / 1.05))) + 0.2) / 8, sums.Reporting.Mape.Value, 9);
        Assert.Equal(-0.5, sums.Fitting!.Bias.Value, 9);
        Assert.Equal(7 / 8.0, sums.Reporting.Within5.Value);
        Assert.Equal(0.01, results.NoiseCeiling!.Bias.Value, 9);
        Assert.Equal(8, results.NoiseCeiling.Networks);
        Assert.Equal((36, 0, 0, 0), (results.Readings, results.Noisy, results.MostlyDisturbed, results.NotEstimated));
        Assert.Equal(["student 32+16", "student 32+8", "teacher 32+16", "teacher 32+8"], sums.Kinds.Select(kind => kind.Kind));
        WorstCase worst = Assert.Single(sums.Worst);
        Assert.Equal((odd, -0.2), (worst.Number, Math.Round(worst.Error, 9)));
        Assert.Equal(worst.EstimateMs, worst.Parts.Sum(part => part.Milliseconds), 9);
        Assert.Equal(NetworkPlan.Of(validation.Networks[odd - 1].Architecture, 64, 64).Parts.Count, worst.Parts.Sum(part => part.Times));
    }

    [Fact]
    public void A_network_that_is_measured_often_counts_with_the_median_over_its_passes()
    {
        // One reading is far off.
        double[] factors = [1.0, 2.0, 1.2, 4.0, 90];
        TableValidation validation = MadeValidations.Begun(MadeValidations.Settings(passes: 5));
        while (validation.Next() is { } next)
            validation = validation.With(
                next,
                MadeValidations.Measured(factors[next.Readings.Count] * next.EstimateMs!.Value, MadeValidations.Table.Identity),
                "made up"
            );
        ValidatedNetwork network = validation.Networks[0];
        double Share(double? ms) => Math.Round(ms!.Value / network.EstimateMs!.Value, 9);
        Assert.Equal(
            [1.2, 3.0, 2.0],
            new[] { Repetition.First, Repetition.Second, Repetition.All }.Select(which => Share(network.MeasuredMs(which)))
        );
        Assert.Equal(
            [1.2, 3.0, 2.0],
            new[] { Repetition.First, Repetition.Second, Repetition.All }.Select(which => Share(validation.WithoutDriftMs(network, which)))
        );
        Assert.Equal(60, validation.Done());
        var results = MadeValidations.Results(validation, MadeValidations.Table, worst: 1);
        Assert.Equal((1 / 2.0) - 1, results.Estimates[0].Reporting.Bias.Value, 9);
        // The second and fourth pass against the first, third and fifth.
        Assert.Equal(1.5, results.NoiseCeiling!.Bias.Value, 9);
        Assert.True(ValidationSchema.Conforms(MadeValidations.Facts(validation with { Results = results })));
    }

    [Fact]
    public void A_network_is_noisy_where_more_than_half_of_what_it_is_judged_by_is()
    {
        NetworkReading quiet = NetworkReading.Of(MadeValidations.Measured(1, MadeValidations.Table.Identity)),
            noisy = quiet with { Noisy = true };
        ValidatedNetwork network = MadeValidations.Begun().Networks[0];
        Assert.False((network with { Readings = [quiet, noisy] }).IsNoisy());
        Assert.True((network with { Readings = [quiet, noisy, noisy, noisy] }).IsNoisy());
        Assert.False((network with { Readings = [noisy, quiet, noisy, quiet, quiet] }).IsNoisy());
    }

    [Fact]
    public void A_network_whose_part_the_table_lacks_is_named_and_not_measured()
    {
        OperatorSpec lost = NetworkPlan
            .Of(MadeValidations.Begun().Networks[0].Architecture, 64, 64)
            .Parts.Select(part => part.Spec)
            .First(spec =>
                spec.Kind is OperatorKind.Conv or OperatorKind.Conv2x or OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x
                && spec.Height < 16
            );
        LatencyTable table = new(
            MadeValidations.Table.Identity,
            MadeValidations.Space,
            MadeValidations.Table.Entries.Where(entry => entry.Spec != lost),
            DateTimeOffset.UnixEpoch
        );
        TableValidation validation = TableValidation.Begin(table, MadeValidations.Settings(), "T.json");
        Assert.Equal([lost.ToString()], validation.Networks[0].Missing);
        Assert.Null(validation.Networks[0].EstimateMs);
        Assert.Equal(validation.Networks.Count(network => network.Missing.Count == 0), validation.Total());
        while (validation.Next() is { } network)
            validation = validation.With(network, MadeValidations.Measure(network), "made up");
        Assert.Empty(validation.Networks[0].Readings);
        var results = MadeValidations.Results(validation, table, worst: 1);
        Assert.Equal([lost.ToString()], results.MissingParts);
        Assert.Equal(validation.Networks.Count - validation.Total(), results.NotEstimated);
        Assert.True(ValidationSchema.Conforms(MadeValidations.Facts(validation with { Results = results })));
    }

    [Fact]
    public void A_table_without_a_space_is_refused()
    {
        var fault = Assert.Throws<UserErrorException>(() =>
            TableValidation.Begin(
                new LatencyTable(MadeValidations.Table.Identity, null, [], DateTimeOffset.UnixEpoch),
                MadeValidations.Settings(),
                "T.json"
            )
        );
        Assert.StartsWith("T.json does not say which space", fault.Message, StringComparison.Ordinal);
    }
}
