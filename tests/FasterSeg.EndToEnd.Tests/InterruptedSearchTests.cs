using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Searches and trainings that are interrupted or killed, and go on.</summary>
public class InterruptedSearchTests
{
    /// <summary>What makes a quickstart of seconds.</summary>
    private static IEnumerable<string> SmallQuickstart =>
        [
            "threads=1",
            "space:height=64",
            "space:width=64",
            "space:fch=2",
            "space:layers=4",
            "space:widths=6/12, 12/12",
            "space:studentStem=6/12",
            "space:studentHead=6/12",
            "data:syntheticHeight=64",
            "data:syntheticWidth=64",
            "data:syntheticImages=6",
            "measuring:maximumSeconds=0.01",
            "measuring:relativeHalfWidth=0.5",
            "measuring:sessions=1",
            "oneShot:networks=6",
            "oneShot:population=4",
            "oneShot:calibrationBatches=1",
            "halving:finalists=2",
            "halving:steps=2",
            .. new[] { "pretrain", "searching", "oneShot", "training" }.SelectMany(phase =>
                new[]
                {
                    $"{phase}:epochs=1",
                    $"{phase}:stepsPerEpoch=2",
                    $"{phase}:batch=2",
                    $"{phase}:cropHeight=32",
                    $"{phase}:cropWidth=64",
                }
            ),
        ];

    private static readonly string[] Tiny = ["--data", "synthetic"];

    [Fact]
    public async Task An_interrupted_search_and_training_go_on_where_they_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        await using var bench = new Workbench();
        string table = bench.WriteTable(bench.WriteSearchConfiguration()),
            run = bench["run"];
        string[] search = ["search", "--config", bench["search.json"], .. Tiny, "--lut", table, "--out", run];

        RunningProgram first = bench.StartClient([.. search, "--set", "searching:epochs=500"]);
        await first.WaitForOutputAsync("epoch 1: derived student", Workbench.Stop);
        first.Interrupt();
        Assert.Equal(
            (130, $"Interrupted. Go on with:\n  fasterseg search --resume --data synthetic --out {run}"),
            await CodeAndErrorAsync(first)
        );
        Assert.Contains("Saving at the end of this step; press again to stop at once.", first.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "student.json")));
        Assert.Contains("holds a run already", await bench.FailAsync(1, search), StringComparison.Ordinal);

        string resumed = await bench.OkAsync(["search", .. Tiny, "--out", run, "--resume", "--set", "searching:epochs=3"]);
        Assert.DoesNotContain("pretrain", resumed, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1: derived student", resumed, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "student.json")));

        RunningProgram training = bench.StartClient(["train", "--run", run, "--role", "teacher", .. Tiny, "--set", "training:epochs=500"]);
        await training.WaitForOutputAsync("train_teacher  ", Workbench.Stop);
        training.Interrupt();
        Assert.Equal(
            (130, $"Interrupted. Go on with:\n  fasterseg train --run {run} --role teacher --data synthetic --resume"),
            await CodeAndErrorAsync(training)
        );
        Assert.Contains("\"Epochs\": 500", File.ReadAllText(Path.Combine(run, "teacher-config.json")), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            "go on with --resume",
            await bench.FailAsync(1, ["train", "--run", run, "--role", "teacher", .. Tiny]),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "finish it first",
            await bench.FailAsync(1, ["train", "--run", run, "--role", "student", .. Tiny, "--set", "training:epochs=500"]),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("oneShot", "one_shot  1/", "scores_student  1/6")]
    [InlineData("searching", "epoch 1: derived student", "epoch 3: derived student", "searching:method=differentiable")]
    public async Task An_interrupted_quickstart_goes_on_to_its_page(string phase, string first, string later, params string[] method)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        await using var bench = new Workbench();
        string[] sets = [.. SmallQuickstart, .. method, $"{phase}:epochs=500"];
        RunningProgram begun = bench.StartClient(["quickstart", .. sets.SelectMany(set => new[] { "--set", set })]);
        await begun.WaitForOutputAsync(first, Workbench.Stop);
        begun.Interrupt();
        string run = Path.Combine("runs", "quickstart-1");
        Assert.Equal((130, $"Interrupted. Go on with:\n  fasterseg quickstart --out {run} --resume"), await CodeAndErrorAsync(begun));

        string output = await bench.OkAsync(["quickstart", "--resume", "--set", $"{phase}:epochs=3"]);
        Assert.DoesNotContain(first, output, StringComparison.Ordinal);
        Assert.Contains(later, output, StringComparison.Ordinal);
        // Shared weights have a front to show, and nothing needs to be set for it.
        Assert.Equal(method.Length == 0, ShowsFront());
        // All of it is there: once more it only looks again. A front that a kill has cut off is made once more.
        if (method.Length == 0)
            File.Delete(bench[Path.Combine(run, "front", "front.json")]);
        string again = await bench.OkAsync(["quickstart", "--resume"]);
        Assert.Contains("Both networks are in ", again, StringComparison.Ordinal);
        Assert.Equal(method.Length == 0, ShowsFront());
        Assert.False(Directory.Exists(bench[Path.Combine("runs", "quickstart-2")]));

        bool ShowsFront() =>
            File.ReadAllText(bench[Path.Combine(run, "report.html")]).Contains("From fast to slow", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_killed_halfway_leaves_a_run_that_goes_on()
    {
        await using var bench = new Workbench();
        string run = bench["run"],
            table = bench.WriteTable(bench.WriteSearchConfiguration());
        RunningProgram first = bench.StartClient([
            "search",
            "--config",
            bench["search.json"],
            .. Tiny,
            "--lut",
            table,
            "--out",
            run,
            "--set",
            "searching:epochs=500",
        ]);
        await first.WaitForOutputAsync("epoch 2: derived student", Workbench.Stop);
        first.Kill();
        await first.WaitForEndAsync(Workbench.Stop);
        await bench.OkAsync(["search", .. Tiny, "--out", run, "--resume", "--set", "searching:epochs=3"]);
        Assert.True(File.Exists(Path.Combine(run, "student.json")));
    }

    private static async Task<(int, string)> CodeAndErrorAsync(RunningProgram program)
    {
        var (code, _, error) = await program.WaitForEndAsync(Workbench.Stop);
        return (code, Workbench.WithoutNotes(error).Trim());
    }
}
