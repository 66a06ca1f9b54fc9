using System.Globalization;
using System.Text.RegularExpressions;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Data;
using FasterSeg.Search.Validating;
using Grpc.Core;
using Xunit;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>lut validate against a profiler on which every network takes 4 % longer than its parts.</summary>
public sealed class LutValidateCommandTests : IAsyncLifetime
{
    private const double Overhead = 1.04;

    private readonly TemporaryFolder folder = new();
    private FakeProfiler fake = null!;
    private int measured;
    private double drift = 1,
        overhead = Overhead;
    private string table = "";

    public async ValueTask InitializeAsync()
    {
        table = folder["T.json"];
        LatencyTableJson.Save(MadeValidations.Table, table);
        fake = await FakeProfiler.StartAsync();
        fake.OnMeasureModel = MeasureAsync;
        fake.OnMeasureOperators = (request, stream) => TableAnswers.OperatorsAsync(request, stream, MadeValidations.Table, drift);
    }

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Figures_picture_and_file_say_what_the_profiler_measured()
    {
        var (code, output, error) = await Shell.RunAsync(width: 80, Arguments("--passes", "2", "--plot", folder["V.png"]));
        Assert.Equal((ExitCodes.Done, "", 20), (code, error, measured));
        Assert.Matches(@"networks +6 to report on, 4 to fit on, seed 1, each measured twice\n", output);
        // The bias is 1 / 1.04 - 1. Each row stands on one line of 80 columns.
        Assert.Matches(@"sum of parts +reporting \(6\) +fitting \(4\) +measured again \(6\) *\n", output);
        Assert.Matches(@"Pearson +1.0000 \(1.0000..1.0000\) +1.0000 +1.0000 \(1.0000..1.0000\) *\n", output);
        Assert.Matches(@"bias +-3.85 % \(-3.85..-3.85\) +-3.85 % +0.00 % \(0.00..0.00\) *\n", output);
        Assert.Matches(@"within 5 % +100.0 % \(54.1..100.0\) +100.0 % +100.0 % \(54.1..100.0\) *\n", output);
        Assert.Matches(@"student 32\+16 +1 +-3.85 % +3.85 %", output);
        Assert.Contains("0 of 20 measurements are noisy", output, StringComparison.Ordinal);
        TableValidation validation = TableValidationFile.Load(folder["T.validation.json"]);
        Assert.Equal((6, 4), (validation.Results!.Estimates[0].Reporting.Networks, validation.Results.Estimates[0].Fitting!.Networks));
        Assert.Equal(LatencyTableJson.HashOf(MadeValidations.Table), validation.TableSha256);
        Assert.Equal(1440, ImageFile.Read(folder["V.png"]).Width);
    }

    [Fact]
    public async Task A_corrected_table_is_written_and_estimates_what_was_measured()
    {
        string corrected = folder["C.json"];
        var (code, output, error) = await Shell.RunAsync(
            width: 80,
            ["lut", "validate", "--lut", table, "--networks", "6", "--fitting", "10", "--profiler", fake.Url, "--corrected", corrected]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(@"sum of corrected parts +reporting \(6\) +fitting \(10\) *\n", output);
        LatencyTable read = LatencyTableJson.Load(corrected);
        Assert.Equal(MadeValidations.Table.Entries, read.Entries);
        Assert.Equal((Overhead, 10), (Math.Round(read.Correction!.Scale, 6), read.Correction.Networks));
        Assert.All(TableValidationFile.Load(folder["T.validation.json"]).Networks, network =>
            Assert.Equal(network.MeasuredMs()!.Value, NetworkEstimate.Of(read, NetworkPlan.Of(network.Architecture, 64, 64)).TotalMs, 6)
        );
        Assert.Contains("1.040 x alone", (await Shell.RunAsync(width: 400, ["lut", "show", corrected])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrected_table_is_judged_as_it_is_and_without_its_correction_and_gets_no_second_one_on_top()
    {
        var present = new LatencyCorrection(1.1, 0, 0, 0, Networks: 12, Deviation: 0.01);
        LatencyTableJson.Save(MadeValidations.Table.With(present), table);
        var (code, _, error) = await Shell.RunAsync([
            "lut",
            "validate",
            "--lut",
            table,
            "--networks",
            "6",
            "--fitting",
            "10",
            "--profiler",
            fake.Url,
            "--corrected",
            folder["D.json"],
        ]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        // Of the same entries the networks take 1.04 times the sum: its own correction is 1.1 / 1.04 - 1 off, the plain sum 1 / 1.04 - 1.
        Assert.Equal(
            [(EstimateResult.TableSum, 5.77), (EstimateResult.PlainSum, -3.85), (EstimateResult.CorrectedSum, 0)],
            TableValidationFile
                .Load(folder["T.validation.json"])
                .Results!.Estimates.Select(each => (each.Way, Math.Round(100 * each.Reporting.Bias.Value, 2) + 0))
        );
        Assert.Equal(Overhead, Math.Round(LatencyTableJson.Load(folder["D.json"]).Correction!.Scale, 6));
    }

    [Fact]
    public async Task A_correction_that_is_worse_than_none_is_not_written()
    {
        // Networks that take now more and now less than their parts: there is nothing to learn, and four numbers only follow the noise.
        fake.OnMeasureModel = stream =>
        {
            overhead = measured % 2 == 0 ? 1.03 : 0.97;
            return MeasureAsync(stream);
        };
        var (code, output, error) = await Shell.RunAsync([
            "lut",
            "validate",
            "--lut",
            table,
            "--networks",
            "6",
            "--fitting",
            "10",
            "--profiler",
            fake.Url,
            "--corrected",
            folder["C.json"],
            "--plot",
            folder["V.png"],
        ]);
        Assert.Equal(ExitCodes.Failed, code);
        Match figures = Regex.Match(
            error,
            @"No correction was written to .*C\.json: on networks that took no part in its fit it is off by ([0-9.]+) %, and the table "
                + @"as it is by ([0-9.]+) %\. Use the table as it is"
        );
        Assert.True(figures.Success, error);
        double[] off = [.. figures.Groups.Values.Skip(1).Select(figure => double.Parse(figure.Value, CultureInfo.InvariantCulture))];
        Assert.True(off[0] > off[1], error);
        // 1 / 1.03 - 1 and 1 / 0.97 - 1.
        Assert.InRange(off[1], 2.9, 3.1);
        Assert.False(File.Exists(folder["C.json"]));
        // All else that was asked for is there.
        Assert.Contains("Validation written to", output, StringComparison.Ordinal);
        Assert.Equal(1440, ImageFile.Read(folder["V.png"]).Width);
    }

    [Fact]
    public async Task The_devices_drift_is_told_and_taken_out()
    {
        // Everything takes 10 % longer than when the table was measured, so the networks take 4 % and not 14 % longer than their parts.
        (drift, overhead) = (1.1, 1.1 * Overhead);
        var (code, output, error) = await Shell.RunAsync(width: 400, Arguments());
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(@"bias +-12.59 % \(-12.59..-12.59\)", output);
        Assert.Matches(@"drift taken out +reporting \(6\) *\n", output);
        Assert.Matches(@"bias +-3.85 % \(-3.85..-3.85\) *\n", output);
        Assert.Contains("took 1.100 to 1.100 times as long", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_from_too_few_networks_is_refused_before_anything_is_measured()
    {
        var (code, _, error) = await Shell.RunAsync(
            "lut",
            "validate",
            "--lut",
            table,
            "--networks",
            "6",
            "--fitting",
            "7",
            "--profiler",
            fake.Url,
            "--corrected",
            folder["C.json"]
        );
        Assert.Equal((ExitCodes.WrongUsage, 0), (code, measured));
        Assert.Contains("name at least 8 with --fitting", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_draw_is_in_the_file_before_anything_is_measured()
    {
        string? before = null;
        fake.OnMeasureModel = stream =>
        {
            before ??= File.ReadAllText(folder["T.validation.json"]);
            return MeasureAsync(stream);
        };
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(Arguments())).Code);
        TableValidation then = TableValidationFile.Read(System.Text.Encoding.UTF8.GetBytes(before!), "before"),
            now = TableValidationFile.Load(folder["T.validation.json"]);
        Assert.Equal((0, 10), (then.Done(), now.Done()));
        then.RequireSame(now, "before");
    }

    [Fact]
    public async Task A_run_that_failed_goes_on_where_it_stopped_and_a_finished_one_measures_nothing()
    {
        fake.OnMeasureModel = stream =>
            measured < 4 ? MeasureAsync(stream) : throw new RpcException(new(StatusCode.ResourceExhausted, "The queue is full."));
        var (failed, _, error) = await Shell.RunAsync(Arguments());
        Assert.Equal((ExitCodes.Failed, 4), (failed, measured));
        Assert.Contains("The queue is full.", error, StringComparison.Ordinal);

        fake.OnMeasureModel = MeasureAsync;
        var (code, output, _) = await Shell.RunAsync(Arguments());
        Assert.Equal((ExitCodes.Done, 10), (code, measured));
        Assert.Contains("4 of 10 measurements are there", output, StringComparison.Ordinal);

        // No profiler is asked for once all is measured.
        Assert.Equal(
            (ExitCodes.Done, 10),
            (
                (
                    await Shell.RunAsync(
                        "lut",
                        "validate",
                        "--lut",
                        table,
                        "--networks",
                        "6",
                        "--fitting",
                        "4",
                        "--profiler",
                        "http://127.0.0.1:1"
                    )
                ).Code,
                measured
            )
        );
    }

    [Fact]
    public async Task Other_settings_than_it_was_begun_with_are_refused_once_something_is_measured()
    {
        fake.OnMeasureModel = _ => throw new RpcException(new(StatusCode.ResourceExhausted, "The queue is full."));
        Assert.Equal(ExitCodes.Failed, (await Shell.RunAsync(Arguments("--seed", "9"))).Code);
        fake.OnMeasureModel = MeasureAsync;
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(Arguments())).Code);
        var (code, _, error) = await Shell.RunAsync(Arguments("--set", "measuring:sessions=5"));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("measuring:sessions is '0' in it and '5' here", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_come_from_the_table_unless_they_are_given()
    {
        Proto.MeasurementOptions? asked = null;
        LatencyTable two = new(
            MadeValidations.Table.Identity with
            {
                Threads = 2,
                BatchSize = 3,
            },
            MadeValidations.Space,
            MadeValidations.Table.Entries,
            DateTimeOffset.UnixEpoch
        );
        LatencyTableJson.Save(two, table);
        fake.OnMeasureModel = stream => MeasureAsync(stream, two.Identity, options => asked = options);
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(Arguments("--set", "measuring:maximumSeconds=0.5"))).Code);
        Assert.Equal((2, 3, 0.5), (asked!.Threads, asked.BatchSize, asked.MaximumSeconds));
    }

    [Fact]
    public async Task Another_device_is_refused_and_nothing_of_it_kept()
    {
        fake.OnMeasureModel = stream => MeasureAsync(stream, MadeValidations.Table.Identity with { DeviceUuid = "other" });
        var (code, _, error) = await Shell.RunAsync(Arguments());
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("the device UUID is 'none' in one and 'other' in the other", error, StringComparison.Ordinal);
        Assert.Equal(0, TableValidationFile.Load(folder["T.validation.json"]).Done());
    }

    [Theory]
    [InlineData("--networks", "3", "4 to 10000 networks")]
    [InlineData("--fitting", "-1", "up to 10000 fitted on")]
    [InlineData("--passes", "0", "--passes 0: every network can be measured 1 to 99 times")]
    [InlineData("--set", "space:height=64", "only measuring:KEY=VALUE counts")]
    public async Task Wrong_usage_is_told_before_the_table_is_read(string option, string value, string told)
    {
        var (code, _, error) = await Shell.RunAsync("lut", "validate", "--lut", folder["none.json"], option, value);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(told, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_validation_is_never_replaced()
    {
        string before = File.ReadAllText(table),
            other = folder.Write("other.json", before);
        var (code, _, error) = await Shell.RunAsync(Arguments("--out", other));
        Assert.Equal((ExitCodes.Failed, 0), (code, measured));
        Assert.Contains("other.json is no validation of a table (It does not say which table it is of)", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(other));
    }

    [Theory]
    [InlineData("--out", "T.json", ExitCodes.WrongUsage, "T.json would be written over an input of this command")]
    [InlineData("--corrected", "T.json", ExitCodes.WrongUsage, "T.json would be written over an input of this command")]
    [InlineData("--plot", "T.json", ExitCodes.WrongUsage, "T.json would be written over an input of this command")]
    [InlineData(
        "--plot",
        "mine.png",
        ExitCodes.Failed,
        "mine.png is there already: name another file with --plot, or replace it with --overwrite."
    )]
    [InlineData(
        "--corrected",
        "mine.png",
        ExitCodes.Failed,
        "mine.png is there already: name another file with --corrected, or replace it with --overwrite."
    )]
    [InlineData("--plot", "v.txt", ExitCodes.WrongUsage, "v.txt: pictures are not written as .txt: name a .png, .jpg, .webp or .bmp file")]
    [InlineData("--plot", "t.VALIDATION.json", ExitCodes.WrongUsage, "--out and --plot name the same file")]
    public async Task Nothing_of_the_users_is_replaced_and_nothing_is_measured_first(string option, string file, int expected, string told)
    {
        string before = File.ReadAllText(table);
        folder.Write("mine.png", "mine");
        var (code, _, error) = await Shell.RunAsync(
            "lut",
            "validate",
            "--lut",
            table,
            "--networks",
            "6",
            "--fitting",
            "10",
            "--profiler",
            fake.Url,
            option,
            folder[file]
        );
        Assert.Equal((expected, 0), (code, measured));
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.Equal((before, "mine"), (File.ReadAllText(table), File.ReadAllText(folder["mine.png"])));
    }

    [Fact]
    public async Task A_validation_with_a_byte_order_mark_is_gone_on_with()
    {
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(Arguments())).Code);
        ByteOrderMark.PutBefore(folder["T.validation.json"]);
        measured = 0;
        var (code, _, error) = await Shell.RunAsync(Arguments("--plot", folder["V.png"]));
        Assert.Equal((ExitCodes.Done, "", 0), (code, error, measured));
    }

    [Fact]
    public async Task Show_mentions_the_validation_beside_a_table()
    {
        Assert.DoesNotContain("alidat", (await Shell.RunAsync("lut", "show", table)).Output, StringComparison.Ordinal);
        string beside = folder["T.validation.json"];
        TableValidationFile.Save(MadeValidations.Begun(), beside);
        Assert.Contains(
            "is a validation that is not finished: 0 of 12 measurements",
            (await Shell.RunAsync("lut", "show", table)).Output,
            StringComparison.Ordinal
        );
        TableValidationFile.Save(MadeValidations.Finished(), beside);
        Assert.Contains(
            "sum of parts, Pearson 1.0000, bias -4.76 %, MAPE 4.76 %, 100.0 % within 5 %.",
            Unwrapped((await Shell.RunAsync("lut", "show", table)).Output),
            StringComparison.Ordinal
        );
        TableValidationFile.Save(MadeValidations.Finished() with { TableSha256 = new string('0', 64) }, beside);
        Assert.Contains(
            "is the validation of another table.",
            Unwrapped((await Shell.RunAsync("lut", "show", table)).Output),
            StringComparison.Ordinal
        );
        File.WriteAllText(beside, "{}");
        var (code, output, _) = await Shell.RunAsync("lut", "show", table);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("is no validation of a table", Unwrapped(output), StringComparison.Ordinal);
    }

    private static string Unwrapped(string output) =>
        output.Replace("\n", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal);

    private string[] Arguments(params string[] more) =>
        ["lut", "validate", "--lut", table, "--networks", "6", "--fitting", "4", "--profiler", fake.Url, .. more];

    private Task<Proto.MeasureModelResponse> MeasureAsync(IAsyncStreamReader<Proto.MeasureModelRequest> stream) =>
        MeasureAsync(stream, null);

    private async Task<Proto.MeasureModelResponse> MeasureAsync(
        IAsyncStreamReader<Proto.MeasureModelRequest> stream,
        TableIdentity? identity,
        Action<Proto.MeasurementOptions>? options = null
    )
    {
        measured++;
        return await TableAnswers.ModelAsync(stream, MadeValidations.Table, overhead, identity, options);
    }
}
