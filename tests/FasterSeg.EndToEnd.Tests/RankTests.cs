using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>One training in several processes that mpirun has started.</summary>
public sealed class RankTests
{
    private static readonly string[] Teacher = ["--role", "teacher", "--data", "synthetic"];

    [Theory]
    [InlineData(1, 4), InlineData(2, 4), InlineData(4, 8)]
    public async Task Ranks_train_the_bytes_of_as_many_replicas_in_one_process(int ranks, int batch)
    {
        await Mpirun.RequireAsync();
        await using var bench = new Workbench();
        string searched = await SearchedAsync(bench),
            together = Copy(bench, searched, "together"),
            apart = Copy(bench, searched, "apart");
        string[] size = ["--set", FormattableString.Invariant($"training:batch={batch}")];
        string devices = string.Join(',', Enumerable.Repeat("cpu", ranks)),
            said = await bench.OkAsync(["train", "--run", together, .. Teacher, .. size, "--device", devices]),
            saidApart = await EndAsync(0, bench.StartRanks(ranks, ["train", "--run", apart, .. Teacher, .. size]));
        AssertSame(together, apart);
        // One process speaks.
        Assert.Single(Lines(saidApart, "The teacher is trained"));
        if (ranks == 1)
            return;
        string listed = devices.Replace(",", ", ", StringComparison.Ordinal);
        Assert.Contains($"train_teacher: {ranks} replicas ({listed}), each", said, StringComparison.Ordinal);
        Assert.Contains($"train_teacher: {ranks} replicas (one in each process), each", saidApart, StringComparison.Ordinal);

        // Another number does not go on, nor does anything change.
        byte[] kept = await File.ReadAllBytesAsync(Path.Combine(apart, "teacher.checkpoint"), Workbench.Stop);
        Assert.Contains(
            $"began with {ranks} replicas, and this command has 1",
            await bench.FailAsync(2, ["train", "--run", apart, .. Teacher, .. size, "--resume"]),
            StringComparison.Ordinal
        );
        string other = await EndAsync(2, bench.StartRanks(ranks + 1, ["train", "--run", apart, .. Teacher, "--resume"]));
        Assert.Single(Lines(other, "error: "));
        Assert.Contains($"began with {ranks} replicas, and this command has {ranks + 1}", other, StringComparison.Ordinal);
        Assert.Equal(kept, await File.ReadAllBytesAsync(Path.Combine(apart, "teacher.checkpoint"), Workbench.Stop));
    }

    [Fact]
    public async Task What_ranks_cannot_do_is_refused_in_one_sentence()
    {
        await Mpirun.RequireAsync();
        await using var bench = new Workbench();
        string searched = await SearchedAsync(bench);
        string[] before = [.. Directory.GetFiles(searched).Order(StringComparer.Ordinal)];
        (string[] Command, string Why)[] refused =
        [
            (["search", "--resume", "--out", searched, "--data", "synthetic"], "only 'fasterseg train' computes in several"),
            (["train", "--run", searched, .. Teacher, "--set", "training:batch=3"], "does not divide over 2 replicas"),
            (["train", "--run", searched, .. Teacher, "--set", "training:batch=4", "--device", "cpu,cpu,cpu"], "names 3 devices"),
            (["train", "--run", bench["nowhere"], .. Teacher], "nowhere"),
            (["train", "--run", searched, .. Teacher, "--quickly"], "--quickly"),
        ];
        foreach (var (command, why) in refused)
        {
            string said = await EndAsync(2, bench.StartRanks(2, command));
            Assert.Single(Lines(said, "error: "));
            Assert.Contains(why, said, StringComparison.Ordinal);
        }
        Assert.Equal(before, Directory.GetFiles(searched).Order(StringComparer.Ordinal));
    }

    /// <summary>Whoever dies or is interrupted, at whatever step: the rest ends too, and what is there goes on to the result that would
    /// have been.</summary>
    [Fact]
    public async Task A_training_that_is_disturbed_ends_whole_and_goes_on_to_the_same_result()
    {
        await Mpirun.RequireAsync();
        await using var bench = new Workbench();
        string searched = await SearchedAsync(bench),
            undisturbed = Copy(bench, searched, "undisturbed");
        string[] length =
        [
            "--set",
            "training:batch=4",
            "--set",
            "training:epochs=16",
            "--set",
            "training:checkpointSteps=1",
            "--set",
            "training:validations=2",
        ];
        await bench.OkAsync(["train", "--run", undisturbed, .. Teacher, .. length, "--device", "cpu,cpu"]);

        await DisturbAsync("first-killed", (_, ranks) => Kill(ranks[0]));
        await DisturbAsync("second-killed", (_, ranks) => Kill(ranks[1]));
        await DisturbAsync("mpirun-killed", (training, _) => training.KillAlone());
        // mpirun asks its processes to end, and kills them a second later.
        await DisturbAsync("mpirun-interrupted", (training, _) => training.Interrupt());
        // Either is told by the other: both end when a step has.
        foreach (int rank in (int[])[0, 1])
        {
            string run = $"interrupted-{rank}",
                said = await DisturbAsync(run, (_, ranks) => Terminate(ranks[rank]), expected: 130);
            Assert.Contains("Saving at the end of this step", said, StringComparison.Ordinal);
            Assert.Contains(
                "Interrupted. Go on with:\n"
                    + $"  mpirun -n 2 fasterseg train --run {bench[run]} --role teacher --data synthetic --resume\n",
                said,
                StringComparison.Ordinal
            );
        }

        async Task<string> DisturbAsync(string name, Action<RunningProgram, int[]> disturb, int? expected = null)
        {
            string run = Copy(bench, searched, name);
            RunningProgram training = bench.StartRanks(2, ["train", "--run", run, .. Teacher, .. length]);
            await CheckpointAsync(training, run);
            // mpirun starts them in their order.
            int[] ranks = [.. ChildProcesses.Of(training.Id).Order()];
            Assert.Equal(2, ranks.Length);
            disturb(training, ranks);
            var (code, output, error) = await training.WaitForEndAsync(Workbench.Stop);
            Assert.True(expected is null ? code != 0 : code == expected, $"{name} ended with {code}: {output}{error}");
            Assert.DoesNotContain("The teacher is trained", output, StringComparison.Ordinal);
            while (ranks.Any(rank => ChildProcesses.IsAlive(rank, "fasterseg")))
                await Task.Delay(20, Workbench.Stop);
            await EndAsync(0, bench.StartRanks(2, ["train", "--run", run, .. Teacher, "--resume"]));
            AssertSame(undisturbed, run);
            return output + error;
        }
    }

    private static void Kill(int process)
    {
        using Process one = Process.GetProcessById(process);
        one.Kill();
    }

    private static void Terminate(int process)
    {
        using var kill = Process.Start("kill", ["-TERM", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static async Task<string> SearchedAsync(Workbench bench)
    {
        string table = bench.WriteTable(bench.WriteSearchConfiguration()),
            run = bench["run"];
        await bench.OkAsync([
            "search",
            "--config",
            bench["search.json"],
            "--data",
            "synthetic",
            "--lut",
            table,
            "--out",
            run,
            "--set",
            "searching:epochs=1",
        ]);
        return run;
    }

    private static string Copy(Workbench bench, string run, string name)
    {
        string to = Directory.CreateDirectory(bench[name]).FullName;
        foreach (string file in Directory.GetFiles(run))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    private static void AssertSame(string expected, string actual)
    {
        Assert.Equal(File.ReadAllText(Path.Combine(expected, "scalars.csv")), File.ReadAllText(Path.Combine(actual, "scalars.csv")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(expected, "teacher.checkpoint")),
            File.ReadAllBytes(Path.Combine(actual, "teacher.checkpoint"))
        );
    }

    private static async Task CheckpointAsync(RunningProgram training, string run)
    {
        while (!File.Exists(Path.Combine(run, "teacher.checkpoint")))
        {
            Assert.False(training.HasEnded, training.Output + training.Error);
            await Task.Delay(20, Workbench.Stop);
        }
    }

    private static async Task<string> EndAsync(int expected, RunningProgram program)
    {
        var (code, output, error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == expected, $"It ended with {code}: {output}{error}");
        return output + error;
    }

    private static IEnumerable<string> Lines(string text, string with) =>
        text.Split('\n').Where(line => line.Contains(with, StringComparison.Ordinal));
}
