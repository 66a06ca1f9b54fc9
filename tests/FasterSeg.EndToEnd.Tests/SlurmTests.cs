using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A sweep as an array job of a real Slurm; in a class of its own, since Slurm needs half a minute, and no processor, to give up a
/// node that is dead.</summary>
public sealed partial class SlurmTests
{
    // As users call folders: a pattern, a quote and spaces for the script's # lines.
    private const string Other = "the %j \"other\" 50 %";

    // A daemon, a step's, and a task's own.
    private const int Fewest = 3;
    private const int Usual = 3,
        // No part of the test: against a Slurm that hangs.
        LongestMinutes = 20;

    // Three seeds of a search and of a random network are six chains; the full count of the issue is 6 seeds and 9 nodes killed.
    private static readonly int Seeds = Setting("FASTERSEG_SLURM_SEEDS"),
        Kills = Setting("FASTERSEG_SLURM_KILLS");

    [Fact(Timeout = LongestMinutes * 60 * 1000)]
    public async Task An_array_whose_nodes_are_killed_at_random_ends_with_the_bytes_of_an_undisturbed_sweep()
    {
        if (await SlurmCluster.MissingAsync() is { } missing)
            Assert.Skip(missing);
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using var bench = new Workbench();
        string sweep = SmallSweep.Write(
            bench,
            $$"""
            "seeds": [{{string.Join(", ", Enumerable.Range(1, Seeds))}}], "settings": { "searched": [] }, "baselines": ["random"]
            """
        );
        foreach (string name in new[] { "whole", Other })
            await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench[name], "--no-timing"]);
        await bench.OkAsync(["sweep", "run", bench["whole"], "--workers", "2"]);

        await using SlurmCluster cluster = await SlurmCluster.StartAsync(bench);
        int job = await cluster.SubmitAsync(bench[Other]);
        int[] seeds = [.. Enumerable.Range(0, Kills).Select(kill => unchecked(Environment.TickCount + kill))];
        // Two at a time: one node goes on.
        await using CancellationTokenRegistration hangs = stop.Register(() => Tell($"It hangs:\n{cluster.Logs()}"));
        foreach (int[] together in seeds.Chunk(SlurmCluster.Nodes.Count - 1))
        {
            var dead = new List<SlurmTask>();
            foreach (int seed in together)
                dead.Add(await LoseANodeAsync(bench, cluster, job, dead, seed, stop));
            foreach (SlurmTask task in dead)
            {
                await GoesOnElsewhereAsync(cluster, job, task);
                Tell($"{task.Index} goes on without {task.Node}");
            }
            foreach (SlurmTask task in dead)
                cluster.Boot(task.Node);
            foreach (SlurmTask task in dead)
                await cluster.UntilAsync(async () =>
                {
                    if (cluster.EndOf(task.Node) is { } end)
                    {
                        Tell($"{task.Node} ended as it was switched on, and is switched on once more: {end}");
                        cluster.Boot(task.Node);
                    }
                    return await cluster.StateOfAsync(task.Node) is "IDLE" or "ALLOCATED";
                });
        }

        IReadOnlyList<SlurmTask> tasks = [];
        await cluster.UntilAsync(async () =>
            (tasks = await cluster.TasksAsync(job)).Count == 2 * Seeds && tasks.All(task => task.HasEnded)
        );
        Assert.All(tasks, task => Assert.True(task.State == "COMPLETED", $"{task}\n{cluster.Logs()}"));
        Assert.Equal(Kills, tasks.Sum(task => task.Restarts));
        Assert.Equal(20 * Seeds, SmallSweep.AssertSame(bench["whole"], bench[Other]));
        Assert.Equal(await bench.OkAsync(["sweep", "compare", bench["whole"]]), await bench.OkAsync(["sweep", "compare", bench[Other]]));
        Assert.Equal(2 * Seeds, Directory.GetFiles(bench[Other + "/logs"], "slurm-*.txt").Length);
        Assert.Contains("nothing to submit", await bench.OkAsync(["sweep", "submit", bench[Other], "--slurm"]), StringComparison.Ordinal);

        await cluster.DisposeAsync();
        Assert.Empty(ProcessTable.Of(bench["slurm"]));
    }

    /// <summary>Kills the node of a task that a seed chooses, at a moment that it chooses.</summary>
    /// <returns>The task as it was.</returns>
    private static async Task<SlurmTask> LoseANodeAsync(
        Workbench bench,
        SlurmCluster cluster,
        int job,
        IReadOnlyList<SlurmTask> dead,
        int seed,
        CancellationToken stop
    )
    {
        string[] chains = [.. Chain().Matches(await bench.OkAsync(["sweep", "status", bench[Other]])).Select(row => row.Groups[1].Value)];
        var random = new Random(seed);
        SlurmTask task;
        int moment;
        while (true)
        {
            (task, moment) = await MomentAsync(bench, cluster, job, chains, dead, random, stop);
            if (cluster.Hold(task.Node) >= Fewest)
                break;
            // On a busy machine the chain has come to its end since.
            cluster.LetGo(task.Node);
        }
        string[] listening = cluster.Listening();
        // The controller's and those of the nodes that live.
        Assert.True(
            listening.Length >= 1 + SlurmCluster.Nodes.Count - dead.Count && listening.All(ProcessTable.IsLoopback),
            string.Join(' ', listening)
        );
        int killed = cluster.Kill(task.Node);
        Assert.True(killed >= Fewest, FormattableString.Invariant($"{killed} processes of {task.Node} were killed"));
        Tell(
            FormattableString.Invariant($"seed {seed}: {task.Node} with {chains[task.Index]} at row {moment} of its scalars, {killed} ")
                + "processes"
        );
        return task;
    }

    /// <summary>Waits until a task whose node is dead was queued anew, and runs on another one.</summary>
    private static async Task GoesOnElsewhereAsync(SlurmCluster cluster, int job, SlurmTask task)
    {
        SlurmTask later = task;
        await cluster.UntilAsync(async () => (later = await AgainAsync()).Restarts > task.Restarts);
        Assert.StartsWith("DOWN", await cluster.StateOfAsync(task.Node), StringComparison.Ordinal);
        await cluster.BeginNowAsync(job, task.Index);
        await cluster.UntilAsync(async () => (later = await AgainAsync()).Runs || later.HasEnded);
        Assert.NotEqual(task.Node, later.Node);

        async Task<SlurmTask> AgainAsync() => (await cluster.TasksAsync(job)).Single(each => each.Index == task.Index);
    }

    /// <summary>Waits for a moment of a running task's chain, by how many figures it has logged: those of the undisturbed one are
    /// known.</summary>
    private static async Task<(SlurmTask Task, int Rows)> MomentAsync(
        Workbench bench,
        SlurmCluster cluster,
        int job,
        string[] chains,
        IReadOnlyList<SlurmTask> dead,
        Random random,
        CancellationToken stop
    )
    {
        while (true)
        {
            SlurmTask[] running = [];
            // The controller does not know yet of nodes that are dead.
            await cluster.UntilAsync(async () =>
                (running = [.. (await cluster.TasksAsync(job)).Where(task => task.Runs && dead.All(lost => lost.Node != task.Node))]).Length
                > 0
            );
            SlurmTask task = running[random.Next(running.Length)];
            string chain = chains[task.Index];
            int all = Rows("whole", chain);
            int moment = random.Next(Math.Min(Rows(Other, chain), all), all + 1);
            while (!IsDone(bench, chain))
            {
                // The last one is that its figures are all there: it is evaluated or exported.
                if (moment < all ? Rows(Other, chain) >= moment : SmallSweep.IsBegun(bench[Other], chain, "eval"))
                    return (task, moment);
                await Task.Delay(5, stop);
            }
        }

        int Rows(string sweep, string chain)
        {
            string file = bench[$"{sweep}/runs/{chain}/scalars.csv"];
            return File.Exists(file) ? File.ReadLines(file).Count() : 0;
        }
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static bool IsDone(Workbench bench, string chain) =>
        Done().Count(SmallSweep.State(bench[Other], chain)) == Done().Count(SmallSweep.State(bench["whole"], chain));

    private static int Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int set) ? set : Usual;

    [GeneratedRegex(@"(?m)^\s*\d+\s+(\S+-seed\d+)\s")]
    private static partial Regex Chain();

    [GeneratedRegex("\"done\": true")]
    private static partial Regex Done();
}
