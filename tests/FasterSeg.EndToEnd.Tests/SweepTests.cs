using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Sweeps as their user runs them: undisturbed, killed at random, interrupted, refused in part, and by Slurm.</summary>
public sealed partial class SweepTests
{
    private const string Drawn = """ "settings": { "drawn": ["searching:method=random"] } """;

    // The folder of a run has more: pictures, TensorBoard's events and progress, which say when they were written.
    internal static readonly string[] Results =
    [
        "config.json",
        "search.json",
        "parameters.json",
        "student.json",
        "teacher.json",
        "scalars.csv",
        "teacher.checkpoint",
        "student.checkpoint",
        "eval-student-val.json",
        "student.onnx",
    ];

    [Fact]
    public async Task A_sweep_whose_processes_are_killed_at_random_ends_with_the_bytes_of_an_undisturbed_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for children in /proc.");
        await using var bench = new Workbench();
        string sweep = Write(bench, """ "seeds": [1, 2, 3], "settings": { "searched": [] }, "baselines": ["random"], "retries": 100 """);
        int seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        foreach (string name in new[] { "whole", "other" })
            await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench[name]]);
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

        int compared = 0;
        foreach (string chain in Directory.EnumerateDirectories(bench["whole/runs"]).Select(path => Path.GetFileName(path)))
        {
            foreach (string file in Results.Where(file => File.Exists(bench[$"whole/runs/{chain}/{file}"])))
            {
                Assert.True(
                    File.ReadAllBytes(bench[$"whole/runs/{chain}/{file}"])
                        .AsSpan()
                        .SequenceEqual(File.ReadAllBytes(bench[$"other/runs/{chain}/{file}"])),
                    $"{chain}/{file} differs"
                );
                compared++;
            }
            Assert.Empty(RunAgain(File.ReadLines(bench[$"other/logs/{chain}.txt"])));
        }
        Assert.Equal(60, compared);
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
        string sweep = Write(bench, $""" "seeds": [1, 2], {Drawn} """, """ "profiler": "local" """);
        string[] words = [.. Command.Split(' ')[1..^1], sweep, "--workers", "2"];

        RunningProgram first = bench.StartClient(words);
        while (!IsBegun(bench["my-sweep/chains/drawn-seed1.json"], "teacher"))
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
        string sweep = Write(bench, $""" "seeds": [1], {Drawn}, "stages": ["search"] """);
        File.Copy(bench["search.json"], bench["b.json"]);
        File.WriteAllText(
            sweep,
            File.ReadAllText(sweep).Replace("\"search.json\"", "\"b.json\", \"search.json\"", StringComparison.Ordinal)
        );
        await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench["sweep"]]);
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
    public async Task Slurm_gets_an_array_job_with_a_task_for_each_chain_that_is_not_done()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm's scripts are of a POSIX shell.");
        await using var bench = new Workbench();
        string sweep = Write(bench, $""" "seeds": [1, 2, 3], {Drawn}, "stages": ["search"] """);
        await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench["my sweep"]]);
        await bench.OkAsync(["sweep", "work", bench["my sweep"], "--index", "1"]);
        Assert.Contains(
            "sbatch cannot be started",
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

    /// <summary>Whether a stage was begun, by the chain's file.</summary>
    private static bool IsBegun(string state, string stage) =>
        File.Exists(state) && File.ReadAllText(state).Contains($"\"{stage}\": {{", StringComparison.Ordinal);

    /// <summary>Writes what a sweep is, with a configuration whose commands take a second or two.</summary>
    internal static string Write(Workbench bench, string more, string table = """ "lut": "t.json" """)
    {
        string configuration = bench.WriteSearchConfiguration();
        bench.WriteTable(configuration);
        File.WriteAllText(
            configuration,
            File.ReadAllText(configuration)
                .Replace("\"pretrain\": { \"epochs\": 1", "\"pretrain\": { \"epochs\": 0", StringComparison.Ordinal)
                .Replace(
                    "\"searching\": { \"epochs\": 2",
                    "\"searching\": { \"epochs\": 1, \"validationImages\": 1, \"checkpointSteps\": 1, \"target\": \"0.00001-1000 ms\"",
                    StringComparison.Ordinal
                )
                .Replace(
                    "\"training\": { \"epochs\": 2",
                    "\"training\": { \"epochs\": 2, \"validations\": 1, \"checkpointSteps\": 1",
                    StringComparison.Ordinal
                )
        );
        File.WriteAllText(bench["s.json"], $$"""{ "configs": ["search.json"], "data": "synthetic", {{table}}, {{more}} }""");
        return bench["s.json"];
    }

    /// <summary>Commands of a chain that were begun after they had ended well.</summary>
    internal static IEnumerable<string> RunAgain(IEnumerable<string> log)
    {
        var done = new HashSet<string>();
        foreach (string line in log)
        {
            if (Ended().Match(line) is { Success: true } end)
                done.Add(end.Groups[1].Value);
            if (Begun().Match(line) is not { Success: true } begun)
                continue;
            string verb = begun.Groups[1].Value,
                stage = verb == "train" ? begun.Groups[2].Value : verb;
            if (done.Contains(stage))
                yield return line;
        }
    }

    [GeneratedRegex("^(search|teacher|student|eval|export) ended with code 0$")]
    private static partial Regex Ended();

    [GeneratedRegex(@"^\$ fasterseg (\w+).*?(?:--role (\w+)|$)")]
    private static partial Regex Begun();
}
