using System.Text.Json;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Runs and tables of an earlier build are read and gone on with.</summary>
public class EarlierRunTests
{
    private static readonly string[] Tiny = ["--data", "synthetic"];

    [Fact]
    public async Task A_search_that_an_earlier_build_was_interrupted_in_goes_on()
    {
        await using var bench = new Workbench();
        EarlierFiles.Unpack("interrupted", bench);
        string run = bench["interrupted"],
            scalars = File.ReadAllText(bench["interrupted/scalars.csv"]);

        string output = await bench.OkAsync(["search", .. Tiny, "--out", run, "--resume", "--set", "searching:epochs=3"]);
        Assert.DoesNotContain("pretrain", output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1: derived student", output, StringComparison.Ordinal);
        Assert.Contains("epoch 2: derived student", output, StringComparison.Ordinal);
        Assert.Contains("epoch 3: derived student", output, StringComparison.Ordinal);
        Assert.StartsWith(scalars, File.ReadAllText(bench["interrupted/scalars.csv"]), StringComparison.Ordinal);
        Assert.True(File.Exists(bench["interrupted/student.json"]));
        // Images stay at their own size, as in the epochs before, and the run says so from now on.
        Assert.Contains("\"fit\": \"own\"", File.ReadAllText(bench["interrupted/config.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_student_that_an_earlier_build_trained_is_evaluated_alike_and_trained_on()
    {
        await using var bench = new Workbench();
        EarlierFiles.Unpack("finished", bench);
        string run = bench["finished"],
            evaluation = bench["finished/eval-student-val.json"];
        double before = PixelAccuracy(evaluation);
        await bench.OkAsync(["eval", "--run", run, "--role", "student", .. Tiny]);
        // Another processor may round a few pixels to another class.
        Assert.Equal(before, PixelAccuracy(evaluation), tolerance: 0.01);

        string output = await bench.OkAsync([
            "train",
            "--run",
            run,
            "--role",
            "student",
            .. Tiny,
            "--resume",
            "--set",
            "training:epochs=3",
            "--set",
            "training:distillationWeight=0",
        ]);
        Assert.Contains("eval-student-val.old.json is of the network before this training", output, StringComparison.Ordinal);
        Assert.Contains("train_student  9/9", output, StringComparison.Ordinal);
        Assert.True(File.Exists(bench["finished/eval-student-val.old.json"]));
    }

    [Fact]
    public async Task A_run_of_an_earlier_build_is_reported_compared_and_derived_from()
    {
        await using var bench = new Workbench();
        EarlierFiles.Unpack("finished", bench);
        string run = bench["finished"];

        await bench.OkAsync(["report", "--run", run, "--out", bench["report.html"]]);
        string page = File.ReadAllText(bench["report.html"]);
        foreach (string part in new[] { "0.093 ms", "0.0599 ms", "18.7", "17.4", "pedestrian", "32+16" })
            Assert.Contains(part, page, StringComparison.Ordinal);

        await bench.OkAsync([
            "derive",
            "--parameters",
            bench["finished/parameters.json"],
            "--config",
            bench["finished/config.json"],
            "--lut",
            bench["finished/table.json"],
            "--out",
            bench["derived"],
        ]);
        Assert.True(
            JsonElement.DeepEquals(Json(bench["finished/student.json"]), Json(bench["derived/student.json"])),
            File.ReadAllText(bench["derived/student.json"])
        );

        // An evaluation of before does not say of which size it is; once that is known its figures stand beside the latency again.
        string compared = await bench.OkAsync(["compare", run, bench["derived"]]);
        Assert.Matches(@"finished's student was evaluated on images of their own\s+sizes, and its latency is of 64x64", compared);
        Assert.DoesNotMatch(@"finished +student .* 2\.4", compared);
        await bench.OkAsync(["eval", "--run", run, "--role", "student", .. Tiny]);
        compared = await bench.OkAsync(["compare", run, bench["derived"]]);
        Assert.Matches(@"finished +student .* 0\.093 .* 0\.060 .* 2\.4", compared);
    }

    [Fact]
    public async Task Predicted_and_corrected_tables_of_an_earlier_build_are_shown()
    {
        await using var bench = new Workbench();
        EarlierFiles.Unpack("tables", bench);
        string predicted = await bench.OkAsync(["lut", "show", bench["predicted.json"]]);
        Assert.Matches(@"predicted", predicted);
        string corrected = await bench.OkAsync(["lut", "show", bench["corrected.json"]]);
        Assert.Matches(@"correct", corrected);
        Assert.Contains("64x64, Fch 2, widths 6 12 /12, 4 layers, 10 classes", corrected, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.RunClientAsync("lut", "diff", bench["predicted.json"], bench["corrected.json"])).Code);
    }

    private static JsonElement Json(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    private static double PixelAccuracy(string evaluation) =>
        Json(evaluation)
            .EnumerateObject()
            .Single(value =>
                value.Name.Replace("_", "", StringComparison.Ordinal).Equals("pixelAccuracy", StringComparison.OrdinalIgnoreCase)
            )
            .Value.GetDouble();
}
