using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Correcting;

public sealed class CorrectionFitTests
{
    private static readonly LatencyCorrection Planted = new(
        Scale: 1.02,
        BoundaryNs: 0.15,
        WeightNs: 0.4,
        PartMs: 0.00005,
        Networks: 24,
        Deviation: 0
    );

    private static readonly LatencyCorrection Nothing = new(1, 0, 0, 0, Networks: 24, Deviation: 0);

    [Fact]
    public void The_correction_that_made_the_measurements_is_found()
    {
        LatencyCorrection found = CorrectionFit.Fit(Networks(24, (_, ms) => ms), MadeValidations.Table);
        Assert.Equal(Planted.Scale, found.Scale, 6);
        Assert.Equal(Planted.BoundaryNs, found.BoundaryNs, 4);
        Assert.Equal(Planted.WeightNs, found.WeightNs, 4);
        Assert.Equal(Planted.PartMs, found.PartMs, 6);
        Assert.Equal(24, found.Networks);
        Assert.InRange(found.Deviation, 0, 1e-6);
    }

    [Fact]
    public void The_deviation_is_that_of_networks_which_took_no_part()
    {
        LatencyCorrection found = CorrectionFit.Fit(Networks(40, (i, ms) => ms * (i / 4 % 2 == 0 ? 1.01 : 0.99)), MadeValidations.Table);
        // Four numbers from 40 networks: the errors on others are some 5 % larger than 1 %.
        Assert.InRange(found.Deviation, 0.0101, 0.0125);
    }

    [Fact]
    public void The_plain_sum_is_judged_like_the_correction()
    {
        List<CorrectionFit.Network> networks = Networks(24, (i, ms) => ms * (i / 4 % 2 == 0 ? 1.02 : 0.98), Nothing);
        Assert.Equal(0.02, CorrectionFit.PlainDeviation(networks, MadeValidations.Table), 3);
        // Where there is nothing but noise, numbers that follow it are worse than none.
        LatencyCorrection follows = CorrectionFit.Fit(networks, MadeValidations.Table.With(Planted));
        Assert.True(follows.Deviation > CorrectionFit.PlainDeviation(networks, MadeValidations.Table.With(Planted)));
    }

    [Fact]
    public void A_network_that_was_measured_in_a_bad_moment_changes_little()
    {
        // As it was seen: one of twelve took 1.6 times as long as before and after.
        List<CorrectionFit.Network> networks = Networks(12, (i, ms) => ms * (i == 5 ? 1.6 : 1 + (0.002 * ((i % 3) - 1))));
        LatencyCorrection found = CorrectionFit.Fit(networks, MadeValidations.Table);
        Assert.InRange(found.Deviation, 0.001, 0.006);
        LatencyTable corrected = MadeValidations.Table.With(found);
        double[] errors =
        [
            .. Networks(40, (_, ms) => ms).Select(other => (other.Parts.Sum(part => corrected[part]) / other.MeasuredMs) - 1),
        ];
        Assert.All(errors, error => Assert.InRange(error, -0.006, 0.006));
    }

    [Fact]
    public void What_scatters_pulls_an_estimate_less_than_least_squares_would()
    {
        List<CorrectionFit.Network> networks = Networks(12, (i, ms) => ms * (1 + (0.05 * (((i * 5) % 12 / 5.5) - 1))), Nothing);
        LatencyCorrection found = CorrectionFit.Fit(networks, MadeValidations.Table);
        Assert.InRange(found.Scale, 0.95, 1.05);
        LatencyTable corrected = MadeValidations.Table.With(found);
        double off = networks.Max(network =>
            Math.Abs((network.Parts.Sum(part => corrected[part] - MadeValidations.Table[part])) / network.MeasuredMs)
        );
        Assert.InRange(off, 0, 0.04);
    }

    [Fact]
    public void A_number_that_would_have_to_be_negative_is_none()
    {
        // In these networks the ends of operators cost more than alone, which no conversion that is saved explains.
        LatencyCorrection dear = Planted with { BoundaryNs = -0.15 };
        LatencyCorrection found = CorrectionFit.Fit(Networks(24, (_, ms) => ms, dear), MadeValidations.Table);
        Assert.Equal(0, found.BoundaryNs);
        Assert.True(found.Scale > Planted.Scale);
    }

    [Fact]
    public void A_correction_that_the_table_has_is_left_out_of_account() =>
        Assert.Equal(
            CorrectionFit.Fit(Networks(24, (_, ms) => ms), MadeValidations.Table),
            CorrectionFit.Fit(Networks(24, (_, ms) => ms), MadeValidations.Table.With(Planted with { Scale = 3 }))
        );

    [Fact]
    public void Too_few_networks_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            CorrectionFit.Fit(Networks(CorrectionFit.FewestNetworks - 1, (_, ms) => ms), MadeValidations.Table)
        );

    [Fact]
    public void Least_squares_without_negative_numbers_leave_a_column_out()
    {
        double[][] columns =
        [
            [1, 1, 1, 1],
            [1, 2, 3, 4],
        ];
        Assert.Equal([2, 3], NonNegativeLeastSquares.Solve(columns, [5, 8, 11, 14]).Select(value => Math.Round(value, 9)));
        // A falling line: the slope is 0, and the rest the mean.
        Assert.Equal([2.5, 0], NonNegativeLeastSquares.Solve(columns, [4, 3, 2, 1]).Select(value => Math.Round(value, 9)));
        Assert.Equal([0, 0], NonNegativeLeastSquares.Solve(columns, [-1, -1, -1, -1]));
    }

    [Fact]
    public void A_validation_with_networks_to_fit_on_judges_both_sums_on_the_others()
    {
        TableValidation validation = MadeValidations.Begun(MadeValidations.Settings(reporting: 12, fitting: 24));
        LatencyTable device = MadeValidations.Table.With(Planted);
        while (validation.Next() is { } network)
            validation = validation.With(
                network,
                MadeValidations.Measured(Ms(device, network.Architecture), MadeValidations.Table.Identity),
                "made up"
            );
        var results = MadeValidations.Results(validation, MadeValidations.Table, worst: 1);
        Assert.Equal([EstimateResult.PlainSum, EstimateResult.CorrectedSum], results.Estimates.Select(estimate => estimate.Way));
        Assert.True(results.Estimates[0].Reporting.Mape.Value > 0.01);
        Assert.InRange(results.Estimates[1].Reporting.Mape.Value, 0, 1e-6);
        Assert.Equal(results.Estimates[1].Worst[0].EstimateMs, results.Estimates[1].Worst[0].Parts.Sum(part => part.Milliseconds), 9);
    }

    private static List<CorrectionFit.Network> Networks(int count, Func<int, double, double> noise, LatencyCorrection? correction = null)
    {
        LatencyTable device = MadeValidations.Table.With(correction ?? Planted);
        return
        [
            .. ValidationDraw
                .Networks(MadeValidations.Space, MadeValidations.Settings(reporting: 4, fitting: count))
                .Where(drawn => drawn.Use == NetworkUse.Fitting)
                .Select(
                    (drawn, i) =>
                        new CorrectionFit.Network(
                            [.. Plan(drawn.Architecture).Parts.Select(part => part.Spec)],
                            noise(i, Ms(device, drawn.Architecture))
                        )
                ),
        ];
    }

    private static double Ms(LatencyTable table, DerivedArchitecture architecture) => NetworkEstimate.Of(table, Plan(architecture)).TotalMs;

    private static NetworkPlan Plan(DerivedArchitecture architecture) =>
        NetworkPlan.Of(architecture, MadeValidations.Space.Height, MadeValidations.Space.Width);
}
