using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>The validations in luts/: real measurements, whose figures stand in bench/Validating.</summary>
public sealed class StoredValidationsTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "luts");

    public static TheoryData<string> Tables { get; } =
    [
        .. Directory
            .GetFiles(Folder, "*.validation.json")
            .Select(file => Path.GetFileName(file).Replace(".validation", "", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_stored_validation_conforms_to_the_schema(string name) =>
        Assert.True(ValidationSchema.Conforms(File.ReadAllText(TableValidationFile.Beside(Path.Combine(Folder, name)))));

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_figures_follow_from_the_measurements_and_the_correction_predicts_networks_that_took_no_part(string name)
    {
        LatencyTable table = LatencyTableJson.Load(Path.Combine(Folder, name));
        string path = TableValidationFile.Beside(Path.Combine(Folder, name));
        TableValidation stored = TableValidationFile.Load(path);
        // The same networks in the same order are drawn today.
        stored.RequireSame(TableValidation.Begin(table, stored.Settings, name), path);
        var results = MadeValidations.Results(stored, table, worst: 0);
        Assert.Equal(stored.Results!.Estimates.Select(Figures), results.Estimates.Select(Figures));
        Assert.Equal(stored.Settings.Passes > 1, results.CeilingWithoutDrift is not null);
        Assert.Equal(Ceiling(stored.Results), Ceiling(results));

        Agreement plain = results.Estimates[0].WithoutDrift!,
            corrected = results.Estimates[1].WithoutDrift!;
        Assert.Equal(EstimateResult.CorrectedSum, results.Estimates[1].Way);
        Assert.InRange(corrected.Pearson!.Value, 0.999, 1);
        Assert.InRange(corrected.Mape.Value, 0, Math.Min(0.015, plain.Mape.Value));
        Assert.InRange(corrected.Within5.Value, 0.98, 1);
        Assert.InRange(corrected.Bias.Value, -0.005, 0.005);
    }

    private static string? Ceiling(ValidationResults results) => results.CeilingWithoutDrift is { } ceiling ? Figures(ceiling) : null;

    private static string Figures(EstimateResult estimate) =>
        $"{estimate.Way}: {Figures(estimate.Reporting)}; {Figures(estimate.WithoutDrift!)}; {Figures(estimate.Fitting!)}";

    private static string Figures(Agreement agreement) =>
        FormattableString.Invariant($"{agreement.Networks} {agreement.Pearson!.Value:F6} {agreement.Spearman!.Value:F6} ")
        + FormattableString.Invariant(
            $"{agreement.KendallNear!.Value:F6} {agreement.Bias.Value:F6} {agreement.Mape.Value:F6} {agreement.Within5.Value:F6}"
        );
}
