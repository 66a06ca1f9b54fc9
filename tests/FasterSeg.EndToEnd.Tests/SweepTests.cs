using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Sweeps as their user runs them: undisturbed, killed at random, interrupted, refused in part, and by Slurm.</summary>
public sealed class SweepTests
{
    [Fact]
    public async Task A_sweep_whose_processes_are_killed_at_random_ends_with_the_bytes_of_an_undisturbed_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for children in /proc.");
        await using var bench = new Workbench();
        string sweep = SmallSweep.Write(
            bench,
            """ "seeds": [1, 2, 3], "settings": { "searched": [] }, "baselines": ["random"], "retries": 100 """
        );
        int seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        foreach (string name in new[] { "whole", "other" })
            await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench[name], "--no-timing"]);
        string undisturbed = await bench.OkAsync(["sweep", "run", bench["whole"], "--workers", "2"]);
        Assert.Contains("All 6 chains are done.", undisturbed, StringComparison.Ordinal);

        string[] run = ["sweep", "run", bench["other"], "--workers", "2"];
        bool[] ofTheParent = [false, true, false, false, true, false];
        int children = 0,
            parents = 0;
        RunningProgram program = bench.StartClient(run);
        foreach (bool parent in ofTheParent)
        {
            await Task.Delay(random.Next(100, 1500), Workbench.Stop);
            while (!program.HasEnded && !ChildProcesses.Of(program.Id).Any())
                await Task.Delay(2, Workbench.Stop);
            if (program.HasEnded)
                break;
            if (parent)
            {
                int[] orphans = [.. ChildProcesses.Of(program.Id)];
                program.KillAlone();
                await program.WaitForEndAsync(Workbench.Stop);
                parents++;
                // At once: the new one has to wait for what still saves.
                program = bench.StartClient(run);
                while (orphans.Any(orphan => ChildProcesses.IsAlive(orphan, "fasterseg.dll")))
                    await Task.Delay(20, Workbench.Stop);
            }
            else
            {
                children += ChildProcesses.KillOne(program.Id, random);
            }
        }
        var (code, output, error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.True(parents > 0, "The sweep ended before its parent was killed.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{children} commands and {parents} sweeps were killed");

        Assert.Equal(60, SmallSweep.AssertSame(bench["whole"], bench["other"]));
        Assert.Equal(await bench.OkAsync(["sweep", "compare", bench["whole"]]), await bench.OkAsync(["sweep", "compare", bench["other"]]));
        string page = bench["page.html"];
        await bench.OkAsync(["sweep", "report", bench["other"], "--out", page]);
        Assert.Contains(
            "searched-seed1, searched-seed2, searched-seed3",
            await File.ReadAllTextAsync(page, Workbench.Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task One_command_of_the_README_runs_a_sweep_and_after_an_interruption_the_one_that_it_names_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        const string Command = "fasterseg sweep run my-sweep --config configs/sweeps/quickstart.json";
        Assert.Contains(Command, File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")), StringComparison.Ordinal);
        await using var bench = new Workbench();
        // The same at a smaller scale; the table is measured here, as there.
        string sweep = SmallSweep.Write(bench, $""" "seeds": [1, 2], {SmallSweep.Drawn} """, """ "profiler": "local" """);
        string[] words = [.. Command.Split(' ')[1..^1], sweep, "--workers", "2"];

        RunningProgram first = bench.StartClient(words);
        while (!SmallSweep.IsBegun(bench["my-sweep"], "drawn-seed1", "teacher"))
        {
            Assert.False(first.HasEnded, first.Output + first.Error);
            await Task.Delay(10, Workbench.Stop);
        }
        first.Interrupt();
        var (code, output, error) = await first.WaitForEndAsync(Workbench.Stop);
        Assert.Equal(
            (130, "Interrupted. Go on with:\n  fasterseg sweep run my-sweep --workers 2"),
            (code, Workbench.WithoutNotes(error).Trim())
        );
        Assert.Matches(@"(?m)^drawn-seed1  0/\d+  0 %  waits$", output);
        Assert.Matches(@"(?m)^drawn-seed2  0/\d+  0 %  waits$", output);
        string status = await bench.OkAsync(["sweep", "status", "my-sweep"]);
        Assert.Contains("interrupted", status, StringComparison.Ordinal);

        string rest = await bench.OkAsync(["sweep", "run", "my-sweep", "--workers", "2"]);
        Assert.Contains("All 2 chains are done.", rest, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^drawn-seed1  (\d+)/\1  100 %  done$", rest);
        Assert.Matches(@"(?m)^drawn-seed2  (\d+)/\1  100 %  done$", rest);
        Assert.Contains("differ only", await bench.OkAsync(["sweep", "compare", "my-sweep"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_ends_with_2_is_told_with_its_sentence_and_the_others_go_on()
    {
        await using var bench = new Workbench();
        string sweep = SmallSweep.Write(bench, $""" "seeds": [1], {SmallSweep.Drawn}, "stages": ["search"] """);
        File.Copy(bench["search.json"], bench["b.json"]);
        File.WriteAllText(
            sweep,
            File.ReadAllText(sweep).Replace("\"search.json\"", "\"b.json\", \"search.json\"", StringComparison.Ordinal)
        );
        await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench["sweep"], "--no-timing"]);
        string whole = File.ReadAllText(bench["sweep/configs/b.json"]);
        File.WriteAllText(bench["sweep/configs/b.json"], whole[..(whole.Length / 2)]);
        var (code, output, error) = await bench.RunClientAsync("sweep", "run", bench["sweep"]);
        Assert.Equal(1, code);
        Assert.Contains("error: 1 of 2 chains failed", error, StringComparison.Ordinal);
        Assert.Contains("b-drawn-seed1: search: The configuration file '", output, StringComparison.Ordinal);
        Assert.Contains("search-drawn-seed1  1/1  100 %  done", output, StringComparison.Ordinal);
        string status = await bench.OkAsync(["sweep", "status", bench["sweep"]]);
        Assert.Contains("refused", status, StringComparison.Ordinal);
        Assert.Contains("is not valid JSON", status, StringComparison.Ordinal);
        Assert.Single(File.ReadLines(bench["sweep/logs/b-drawn-seed1.txt"]), line => line.StartsWith("$ ", StringComparison.Ordinal));

        // Mended, it goes on where somebody says so.
        File.WriteAllText(bench["sweep/configs/b.json"], whole);
        await bench.RunClientAsync("sweep", "run", bench["sweep"]);
        Assert.Single(File.ReadLines(bench["sweep/logs/b-drawn-seed1.txt"]), line => line.StartsWith("$ ", StringComparison.Ordinal));
        await bench.OkAsync(["sweep", "run", bench["sweep"], "--again"]);
    }

    [Fact]
    public async Task A_plan_tells_hours_by_steps_that_it_has_timed_here_and_says_so()
    {
        await using var bench = new Workbench();
        string sweep = SmallSweep.Write(bench, """ "seeds": [1, 2], "settings": { "searched": [] }, "baselines": ["random"] """);
        string output = await bench.OkAsync(["sweep", "plan", "--config", sweep]);
        // Numbers come out, whatever they are.
        Assert.Matches(@"(?m)^ *searched +2 +search +3 +12 +\d+(\.\d+)? s a step +\d+:\d\d", output);
        Assert.Matches(@"(?m)^ *random +2 +train student +6 +12 +\d+(\.\d+)? s a step +\d+:\d\d", output);
        Assert.Matches(@"(?m)^ *random +2 +evaluate +\d+ +\d+(\.\d+)? s an image +\d+:\d\d", output);
        Assert.Matches(
            @"(?m)^By \d+ steps and images that were timed on this machine just now \(cpu\): "
                + @"about \d+:\d\d( to \d+:\d\d)? a chain, and \d+:\d\d in all",
            output
        );
        Assert.Contains("Not in it: ", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(bench.Folder, "fasterseg-timing-*"));

        // Where it cannot be timed the plan is told all the same.
        string other = await bench.OkAsync(["sweep", "plan", "--config", sweep, "--device", "cuda:99"]);
        Assert.Contains("note: not timed: searched-seed1: --device cuda:99", other, StringComparison.Ordinal);
        Assert.Contains("In all 4 chains", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slurm_gets_an_array_job_with_a_task_for_each_chain_that_is_not_done()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm's scripts are of a POSIX shell.");
        await using var bench = new Workbench();
        string sweep = SmallSweep.Write(bench, $""" "seeds": [1, 2, 3], {SmallSweep.Drawn}, "stages": ["search"] """);
        await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench["my sweep"], "--no-timing"]);
        await bench.OkAsync(["sweep", "work", bench["my sweep"], "--index", "1"]);
        // Wherever Slurm is installed: nothing is found on this path.
        bench.Environment["PATH"] = bench.Folder;
        Assert.Contains(
            "There is no program sbatch here: give this command on a machine that submits to Slurm.",
            await bench.FailAsync(1, ["sweep", "submit", bench["my sweep"], "--slurm"]),
            StringComparison.Ordinal
        );

        // In the place of Slurm's: it notes its options, and runs each task of the script.
        Directory.CreateDirectory(bench["bin"]);
        File.WriteAllText(
            bench["bin/sbatch"],
            """
            #!/bin/sh
            printf '%s|' "$@" > "$(dirname "$0")/options"
            for last; do :; done
            for i in $(sed -n 's/^#SBATCH --array=//p' "$last" | tr , ' '); do
              SLURM_ARRAY_TASK_ID=$i sh "$last" >> "$(dirname "$0")/tasks" || exit 1
            done
            echo "Submitted batch job 42"
            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(bench["bin/sbatch"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        bench.Environment["PATH"] = bench["bin"] + ":" + Environment.GetEnvironmentVariable("PATH");
        string said = await bench.OkAsync(["sweep", "submit", bench["my sweep"], "--slurm", "--", "--partition=gpu", "--time=1:00:00"]);
        Assert.Contains("Submitted batch job 42: 2 of 3 chains, a task for each", said, StringComparison.Ordinal);
        Assert.Equal($"--partition=gpu|--time=1:00:00|{bench["my sweep/slurm.sh"]}|", File.ReadAllText(bench["bin/options"]));
        Assert.Matches("(?s)drawn-seed1 is done.*drawn-seed3 is done", File.ReadAllText(bench["bin/tasks"]));
        Assert.Contains("--requeue", File.ReadAllText(bench["my sweep/slurm.sh"]), StringComparison.Ordinal);
        Assert.Contains(
            "there is nothing to submit",
            await bench.OkAsync(["sweep", "submit", bench["my sweep"], "--slurm"]),
            StringComparison.Ordinal
        );
    }
}
