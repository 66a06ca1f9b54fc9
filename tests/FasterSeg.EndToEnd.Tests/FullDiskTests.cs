using FasterSeg.Tests.Disks;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A sweep whose disk fills up, again and again; in a class of its own, since it waits ten seconds each time and needs no
/// processor for that.</summary>
public sealed class FullDiskTests
{
    private const string Chain = "searched-seed1";

    [Fact]
    public async Task A_sweep_whose_disk_is_full_waits_in_each_stage_says_so_and_ends_with_the_bytes_of_an_undisturbed_one()
    {
        using TmpfsFolder? disk = TmpfsFolder.TryMake(mebibytes: 256);
        Assert.SkipWhen(disk is null, "A small disk needs the right to mount one.");
        await using var bench = new Workbench();
        // Enough steps to be in the middle of them, even if this test gets the processor late. And no retry: nothing of it is a failure.
        string plan = SmallSweep.Write(
                bench,
                """
                "seeds": [1], "settings": { "searched": ["searching:epochs=6", "training:epochs=40"] }, "retries": 0
                """
            ),
            sweep = Path.Combine(disk.Path, "sweep");
        foreach (string path in new[] { bench["whole"], sweep })
            await bench.OkAsync(["sweep", "plan", "--config", plan, "--out", path, "--no-timing"]);
        await bench.OkAsync(["sweep", "run", bench["whole"]]);

        RunningProgram program = bench.StartClient("sweep", "run", sweep);
        // What begins has nothing to go on with: its command ends, and is given again.
        await FillAsync(() => IsBegun("search"), $"{Chain} is paused in search: ");
        // In the middle its command waits itself.
        await FillAsync(() => HasFile("search.checkpoint"), $"{Chain}: search is paused: ");
        await FillAsync(() => HasFile("teacher.checkpoint"), $"{Chain}: train_teacher is paused: ");
        await FillAsync(() => IsBegun("student"), $"{Chain} is paused in student: ");
        await FillAsync(() => IsBegun("eval"), $"{Chain} is paused in eval: ");
        await FillAsync(() => IsBegun("export"), $"{Chain} is paused in export: ");
        var (code, output, error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.Contains($"{Chain}: search goes on.", output, StringComparison.Ordinal);
        Assert.Contains($"{Chain}: train_teacher goes on.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", output, StringComparison.Ordinal);
        Assert.Equal(10, SmallSweep.AssertSame(bench["whole"], sweep));

        async Task FillAsync(Func<bool> moment, string told)
        {
            while (!moment())
            {
                Assert.False(program.HasEnded, program.Output + program.Error);
                await Task.Delay(2, Workbench.Stop);
            }
            disk.Fill();
            int before = Pauses();
            while (Pauses() == before)
            {
                Assert.False(program.HasEnded, $"It ended, and did not say '{told}': {program.Output}{program.Error}");
                await Task.Delay(10, Workbench.Stop);
            }
            disk.Empty();
            await program.WaitForOutputAsync(told, Workbench.Stop);
        }

        int Pauses() => program.Output.Split(" is paused").Length;

        bool IsBegun(string stage) => SmallSweep.IsBegun(sweep, Chain, stage);

        bool HasFile(string name) => File.Exists(Path.Combine(sweep, "runs", Chain, name));
    }

    [Fact]
    public async Task A_sweep_on_a_disk_that_takes_no_further_file_waits_for_its_locks()
    {
        using TmpfsFolder? disk = TmpfsFolder.TryMake(mebibytes: 48, files: 1000);
        Assert.SkipWhen(disk is null, "A small disk needs the right to mount one.");
        await using var bench = new Workbench();
        string plan = SmallSweep.Write(bench, $""" "seeds": [1], {SmallSweep.Drawn}, "stages": ["search"], "retries": 0 """),
            sweep = Path.Combine(disk.Path, "sweep");
        await bench.OkAsync(["sweep", "plan", "--config", plan, "--out", sweep, "--no-timing"]);
        disk.FillWithFiles();
        RunningProgram program = bench.StartClient("sweep", "run", sweep);
        await program.WaitForOutputAsync("The sweep is paused: ", Workbench.Stop);
        disk.Empty();
        var (code, output, error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.Contains("The sweep goes on.", output, StringComparison.Ordinal);
        Assert.Contains("The one chain is done.", output, StringComparison.Ordinal);
    }
}
