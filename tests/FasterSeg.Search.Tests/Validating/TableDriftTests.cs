using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>A device that is not as fast as it was when its table was measured.</summary>
public sealed class TableDriftTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_sample_follows_from_the_seed_and_has_measured_operators_only()
    {
        LatencyTable table = MadeValidations.Table;
        IReadOnlyList<OperatorSpec> sample = TableDrift.Sample(table, seed: 1);
        Assert.Equal((TableDrift.SampleSize, TableDrift.SampleSize), (sample.Count, sample.Distinct().Count()));
        Assert.Equal(sample, TableDrift.Sample(table, seed: 1));
        Assert.NotEqual(sample, TableDrift.Sample(table, seed: 2));
        Assert.All(sample, spec => Assert.Equal(EntryOrigin.Measured, table.Find(spec)!.Origin));
        var noisy = new LatencyTable(
            table.Identity,
            table.Space,
            table.Entries.Select(entry => entry with { Noisy = entry.Origin == EntryOrigin.Measured }),
            table.Created
        );
        Assert.Empty(TableDrift.Sample(noisy, seed: 1));
        Assert.Contains(
            "every measured entry of the table is noisy or drifted",
            TableDrift.WhyNone(noisy, seed: 1),
            StringComparison.Ordinal
        );
        Assert.Contains("could be measured again", TableDrift.WhyNone(table, seed: 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reading_is_the_median_ratio_of_what_could_be_measured()
    {
        LatencyTable table = MadeValidations.Table;
        OperatorSpec[] sample = [.. TableDrift.Sample(table, seed: 1).Take(4)];
        LatencyEntry[] now =
        [
            .. sample.Select(
                (spec, i) =>
                    i == 3 ? LatencyEntry.Failed(spec, "gone") : table.Find(spec)! with { MedianMs = table[spec] * (1.1 + (0.1 * i)) }
            ),
        ];
        DriftReading reading = TableDrift.Reading(table, now, done: 7)!;
        Assert.Equal((7, 3, 1.2), (reading.Done, reading.Operators, Math.Round(reading.Ratio, 9)));
        Assert.Null(TableDrift.Reading(table, now[3..], done: 7));
        // What a table is corrected by is no drift.
        Assert.Equal(reading, TableDrift.Reading(table.With(new(2, 0, 0, 0, 30, 0)), now, done: 7));
    }

    [Theory, InlineData(0, 1.0), InlineData(5, 1.0), InlineData(12.5, 1.05), InlineData(15, 1.1), InlineData(99, 1.1)]
    public void Between_two_readings_the_drift_is_in_proportion(double done, double expected) =>
        Assert.Equal(expected, TableDrift.At([new(10, 1.0, 12), new(15, 1.1, 12)], done), 12);

    [Fact]
    public void Without_a_reading_there_is_no_drift() => Assert.Equal(1, TableDrift.At([], 3));

    [Fact]
    public async Task The_device_is_looked_at_in_the_beginning_now_and_then_and_at_the_end()
    {
        TableValidation begun = MadeValidations.Begun(MadeValidations.Settings(reporting: 8, fitting: 5, passes: 2));
        var looks = new List<int>();
        using var interruption = new CancellationTokenSource();
        Task<TableValidation> RunAsync(TableValidation validation, int interruptAt) =>
            new ValidationMeasurement(
                folder["V.json"],
                "made up",
                network =>
                {
                    if (looks.Count == interruptAt)
                        interruption.Cancel();
                    return Task.FromResult(MadeValidations.Measure(network));
                },
                new ListeningReporter(),
                TimeSpan.Zero,
                done =>
                {
                    looks.Add(done);
                    return Task.FromResult<DriftReading?>(new(done, 1 + (0.01 * looks.Count), 12));
                }
            ).RunAsync(validation, interruptAt > 0 ? interruption.Token : TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(begun, interruptAt: 2));
        TableValidation done = await RunAsync(TableValidationFile.Load(folder["V.json"]), interruptAt: 0);
        Assert.Equal([0, TableDrift.Interval, 2 * TableDrift.Interval, 26], looks);
        Assert.Equal(looks, done.Drift!.Select(reading => reading.Done));
        Assert.Equal(MadeValidations.Facts(done), MadeValidations.Facts(TableValidationFile.Load(folder["V.json"])));
    }

    [Fact]
    public void A_drift_that_is_taken_out_leaves_what_the_table_is_off_by()
    {
        // The device becomes slower by 1 % with each measurement; its networks take 5 % longer than their parts.
        TableValidation validation = MadeValidations.Begun(MadeValidations.Settings(reporting: 12, fitting: 12, passes: 2));
        double Slower(double done) => 1 + (0.01 * done);
        while (validation.Next() is { } network)
        {
            int done = validation.Done();
            if (done % 4 == 0)
                validation = validation with { Drift = [.. validation.Drift ?? [], new(done, Slower(done), 12)] };
            validation = validation.With(
                network,
                MadeValidations.Measured(Slower(done + 0.5) * 1.05 * network.EstimateMs!.Value, MadeValidations.Table.Identity),
                "made up"
            );
        }
        validation = validation with { Drift = [.. validation.Drift!, new(validation.Done(), Slower(validation.Done()), 12)] };
        var results = MadeValidations.Results(validation, MadeValidations.Table, worst: 1);
        Assert.True(results.Estimates[0].Reporting.Mape.Value > 0.1);
        Assert.Equal((1 / 1.05) - 1, results.Estimates[0].WithoutDrift!.Bias.Value, 9);
        Assert.True(results.NoiseCeiling!.Mape.Value > 0.1);
        Assert.InRange(results.CeilingWithoutDrift!.Mape.Value, 0, 1e-9);
        Assert.InRange(results.Estimates[1].WithoutDrift!.Mape.Value, 0, 1e-9);
        Assert.Equal(1.05, ValidationResults.Corrected(validation, MadeValidations.Table)!.Correction!.Scale, 6);
    }
}
