using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>
/// Issue-sized: twelve chains of the quickstart's configuration, taken at once by agents of a fleet and by an array job of Slurm, all of
/// which are killed at random until the end. It takes an hour, so it is built only when it is asked for: <c>-p:TwelveChains=true</c>.
/// </summary>
public sealed class TwelveChainsTests
{
    private const int Chains = 12,
        Agents = 2;
    private const string Last = "export";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500),
        Held = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Agents_and_nodes_of_Slurm_that_are_killed_throughout_leave_the_bytes_of_an_undisturbed_sweep()
    {
        if (await SlurmCluster.MissingAsync() is { } missing)
            Assert.Skip(missing);
        await using var undisturbed = new Workbench();
        await PlanAsync(undisturbed);
        await undisturbed.OkAsync(["sweep", "run", undisturbed["sweep"], "--workers", "2"]);
        string comparison = await undisturbed.OkAsync(["sweep", "compare", undisturbed["sweep"]]);
        Say($"undisturbed:\n{comparison}");
        foreach (int seed in new[] { 1, 2, 3 })
        {
            await using var bench = new Workbench();
            await PlanAsync(bench);
            await DisturbAsync(bench, new Random(seed), seed);
            int same = SmallSweep.AssertSame(undisturbed["sweep"], bench["sweep"]);
            Assert.Equal(comparison, await bench.OkAsync(["sweep", "compare", bench["sweep"]]));
            Say($"seed {seed}: {same} files are the same, and so is what compare says");
        }
    }

    private static async Task PlanAsync(Workbench bench)
    {
        string configuration = Path.Combine(RepositoryRoot.Path, "configs", "quickstart.json");
        File.Copy(configuration, bench["quickstart.json"]);
        bench.WriteTable(bench["quickstart.json"]);
        File.WriteAllText(
            bench["s.json"],
            """
            {
              "configs": ["quickstart.json"], "data": "synthetic", "lut": "t.json", "seeds": [1, 2, 3, 4, 5, 6], "retries": 100,
              "settings": {
                "searched": ["searching:method=differentiable", "searching:checkpointSteps=10", "training:checkpointSteps=20"]
              },
              "baselines": ["random"],
              "stages": ["search", "teacher", "student", "eval", "export"]
            }
            """
        );
        await bench.OkAsync(["sweep", "plan", "--config", bench["s.json"], "--out", bench["sweep"], "--no-timing"]);
    }

    private static async Task DisturbAsync(Workbench bench, Random random, int seed)
    {
        int port = FreePort.Next();
        (RunningProgram fleet, string url) = await bench.StartFleetAsync(port, "--agent-term", "5");
        await bench.OkAsync(["sweep", "submit", bench["sweep"], "--fleet", url]);
        await using SlurmCluster cluster = await SlurmCluster.StartAsync(bench);
        int job = await cluster.SubmitAsync(bench["sweep"]);
        RunningProgram[] agents = [.. Enumerable.Range(0, Agents).Select(i => bench.StartAgent(url, i))];

        var kills = new Dictionary<string, int>();
        var dead = new HashSet<string>();
        var queued = new Dictionary<SlurmTask, DateTime>();
        DateTime next = DateTime.UtcNow;
        while (SmallSweep.Done(bench["sweep"], Last) < Chains)
        {
            await Task.Delay(Look, Workbench.Stop);
            await RepairAsync(cluster, job, dead, queued);
            if (DateTime.UtcNow < next)
                continue;
            next = DateTime.UtcNow + TimeSpan.FromSeconds(random.Next(5, 25));
            switch (random.Next(5))
            {
                case 0:
                    await RenewAsync(agent => agent.Kill());
                    Count("boxes with their agents");
                    break;
                case 1:
                    await RenewAsync(agent => agent.KillAlone());
                    Count("agents alone");
                    break;
                case 2 when ChildProcesses.KillOne(agents[random.Next(Agents)].Id, random) > 0:
                    Count("agents' stages");
                    break;
                case 3 when random.Next(3) == 0:
                    fleet.Kill();
                    (fleet, _) = await bench.StartFleetAsync(port, "--agent-term", "5");
                    Count("the fleet's node");
                    break;
                default:
                    // One goes on.
                    string node = SlurmCluster.Nodes[random.Next(SlurmCluster.Nodes.Count)];
                    if (dead.Count < SlurmCluster.Nodes.Count - 1 && dead.Add(node))
                        Count(cluster.Kill(node) > 1 ? "nodes of Slurm with their tasks" : "idle nodes of Slurm");
                    break;
            }
        }

        IReadOnlyList<SlurmTask> tasks = [];
        await cluster.UntilAsync(async () =>
        {
            await RepairAsync(cluster, job, dead, queued);
            return (tasks = await cluster.TasksAsync(job)).Count == Chains && tasks.All(task => task.HasEnded);
        });
        Assert.All(tasks, task => Assert.True(task.State == "COMPLETED", $"{task}\n{cluster.Logs()}"));
        Say($"seed {seed}: killed " + string.Join(", ", kills.OrderBy(kill => kill.Key).Select(kill => $"{kill.Value} {kill.Key}")));
        Assert.True(kills.Values.Sum() >= Chains, "Too little was killed to show anything.");

        async Task RenewAsync(Action<RunningProgram> kill)
        {
            int which = random.Next(Agents);
            kill(agents[which]);
            await agents[which].WaitForEndAsync(Workbench.Stop);
            agents[which] = bench.StartAgent(url, which);
        }

        void Count(string what) => kills[what] = kills.GetValueOrDefault(what) + 1;
    }

    /// <summary>Switches on again what Slurm has given up, and lets tasks begin that were queued anew. Slurm holds them back for two
    /// minutes, by which time it has ended whatever their node still had of them; here that takes seconds.</summary>
    private static async Task RepairAsync(SlurmCluster cluster, int job, HashSet<string> dead, Dictionary<SlurmTask, DateTime> queued)
    {
        IReadOnlyList<SlurmTask> tasks = await cluster.TasksAsync(job);
        foreach (string node in dead.ToArray())
        {
            if (
                tasks.Any(task => task.Runs && task.Node == node)
                || !(await cluster.StateOfAsync(node)).StartsWith("DOWN", StringComparison.Ordinal)
            )
                continue;
            cluster.Boot(node);
            dead.Remove(node);
        }
        foreach (SlurmTask task in tasks.Where(task => task is { State: "PENDING", Restarts: > 0 }))
        {
            if (queued.TryAdd(task, DateTime.UtcNow) || DateTime.UtcNow - queued[task] < Held)
                continue;
            await cluster.BeginNowAsync(job, task.Index);
        }
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
