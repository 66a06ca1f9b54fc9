using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Searches and trainings that are interrupted or killed, and go on.</summary>
public class InterruptedSearchTests
{
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
        Assert.Equal((130, "Interrupted."), await CodeAndErrorAsync(first));
        Assert.False(File.Exists(Path.Combine(run, "student.json")));
        Assert.Contains("holds a run already", await bench.FailAsync(1, search), StringComparison.Ordinal);

        string resumed = await bench.OkAsync(["search", .. Tiny, "--out", run, "--resume", "--set", "searching:epochs=3"]);
        Assert.DoesNotContain("pretrain", resumed, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1: derived student", resumed, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "student.json")));

        RunningProgram training = bench.StartClient(["train", "--run", run, "--role", "teacher", .. Tiny, "--set", "training:epochs=500"]);
        await training.WaitForOutputAsync("train_teacher  ", Workbench.Stop);
        training.Interrupt();
        Assert.Equal((130, "Interrupted."), await CodeAndErrorAsync(training));
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

    [Fact]
    public async Task A_search_killed_halfway_leaves_a_run_that_goes_on()
    {
        await using var bench = new Workbench();
        string run = bench["run"];
        RunningProgram first = bench.StartClient([
            "search",
            "--config",
            bench.WriteSearchConfiguration(),
            .. Tiny,
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
