using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A sweep in a lab: a fleet's node, agents that are killed or stand still, a folder that all of them see.</summary>
public sealed class AgentTests(UndisturbedSweep whole) : IClassFixture<UndisturbedSweep>
{
    private const int Agents = 3;
    private const string RunLock = "run.lock";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Agents_and_a_node_that_are_killed_at_random_leave_the_bytes_of_an_undisturbed_sweep(int seed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for children in /proc.");
        var random = new Random(seed);
        await using var bench = new Workbench();
        await UndisturbedSweep.PlanAsync(bench);
        int port = FreePort.Next();
        (RunningProgram node, string url) = await bench.StartFleetAsync(port, "--agent-term", "5");
        string said = await bench.OkAsync(["sweep", "submit", bench["sweep"], "--fleet", url]);
        Assert.Contains("The fleet has 12 of 12 chains for its agents", said, StringComparison.Ordinal);

        RunningProgram[] agents = [.. Enumerable.Range(0, Agents).Select(i => bench.StartAgent(url, i))];
        var kills = new List<string>();
        for (int kill = 0; kill < 8 && Done(bench) < UndisturbedSweep.Chains - 1; kill++)
        {
            await Task.Delay(random.Next(200, 2500), Workbench.Stop);
            if (kill == 3)
            {
                node.Kill();
                await agents[0].WaitForOutputAsync("nothing new is begun until the fleet answers", Workbench.Stop);
                (node, _) = await bench.StartFleetAsync(port, "--agent-term", "5");
                kills.Add("node");
            }
            int which = random.Next(Agents);
            RunningProgram agent = agents[which];
            switch (random.Next(3))
            {
                case 0:
                    // As a power cut: what it had begun goes with it.
                    agent.Kill();
                    kills.Add("box");
                    break;
                case 1:
                    // Its stage saves and ends by itself; the next agent waits for that.
                    agent.KillAlone();
                    kills.Add("agent");
                    break;
                default:
                    if (ChildProcesses.KillOne(agent.Id, random) > 0)
                        kills.Add("stage");
                    continue;
            }
            await agent.WaitForEndAsync(Workbench.Stop);
            agents[which] = bench.StartAgent(url, which);
        }
        while (Done(bench) < UndisturbedSweep.Chains)
        {
            Assert.All(agents, agent => Assert.False(agent.HasEnded, agent.Output + agent.Error));
            await Task.Delay(Look, Workbench.Stop);
        }
        TestContext.Current.TestOutputHelper?.WriteLine("Killed: " + string.Join(", ", kills));
        Assert.Contains("node", kills);
        Assert.True(kills.Count > 3, string.Join(", ", kills));

        whole.AssertSame(bench["sweep"]);
        Assert.Equal(whole.Comparison, await bench.OkAsync(["sweep", "compare", bench["sweep"]]));
        while ((await ChainsAsync(bench, url)).Any(chain => chain.Is != "done"))
            await Task.Delay(Look, Workbench.Stop);
        foreach (RunningProgram agent in agents)
            await LeaveAsync(agent);
        Assert.Contains(
            "there is nothing to submit",
            await bench.OkAsync(["sweep", "submit", bench["sweep"], "--fleet", url]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_agent_that_stood_still_past_its_lease_does_not_write_beside_its_successor_where_there_are_no_locks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for children in /proc.");
        await using var bench = new Workbench();
        (string url, RunningProgram frozen, int stage, string chain) = await FreezeAsync(bench);
        // As on a file system whose locks do not hold between machines: the next one finds all of them free.
        foreach (string held in (string[])[$"chains/{chain}.lock", $"chains/{chain}.stage.lock", $"runs/{chain}/{RunLock}"])
            File.Delete(bench["sweep/" + held]);
        RunningProgram next = bench.StartAgent(url, 1);
        while (!IsDone(bench, chain))
            await Task.Delay(Look, Workbench.Stop);
        whole.AssertSame(bench["sweep"], chain);

        // The stage first, alone: nobody but itself can end it.
        Signal("-CONT", stage);
        while (ChildProcesses.IsAlive(stage, "fasterseg.dll"))
            await Task.Delay(Look, Workbench.Stop);
        Signal("-CONT", frozen.Id);
        await frozen.WaitForOutputAsync($"{chain}: the fleet has taken it from this agent", Workbench.Stop);
        Assert.Contains(
            "error: Another agent has taken this chain over; this process ends without a further write.",
            await File.ReadAllTextAsync(bench[$"sweep/logs/{chain}.txt"], Workbench.Stop),
            StringComparison.Ordinal
        );
        whole.AssertSame(bench["sweep"], chain);
        await LeaveAsync(frozen);
        await LeaveAsync(next);
    }

    [Fact]
    public async Task While_an_agent_that_stands_still_holds_its_locks_nobody_begins_beside_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for children in /proc.");
        await using var bench = new Workbench();
        (string url, RunningProgram frozen, int stage, string chain) = await FreezeAsync(bench);
        RunningProgram next = bench.StartAgent(url, 1);
        await next.WaitForOutputAsync(
            $"{chain} is left to others for a while: its lock is held by process {frozen.Id} on ",
            Workbench.Stop
        );
        string log = bench[$"sweep/logs/{chain}.txt"];
        int begun = Begun(log);
        // It works on the others meanwhile.
        while (Done(bench) == 0)
            await Task.Delay(Look, Workbench.Stop);
        Assert.Equal(begun, Begun(log));
        Signal("-CONT", frozen.Id);
        await frozen.WaitForOutputAsync($"{chain}: the fleet has taken it from this agent", Workbench.Stop);
        // It has killed its stage, which still stands still.
        while (ChildProcesses.IsAlive(stage, "fasterseg.dll"))
            await Task.Delay(Look, Workbench.Stop);
        while (!IsDone(bench, chain))
            await Task.Delay(Look, Workbench.Stop);
        whole.AssertSame(bench["sweep"], chain);
        await LeaveAsync(frozen);
        await LeaveAsync(next);
    }

    [Fact]
    public async Task A_withdrawn_sweep_is_saved_and_goes_on_by_hand()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        await using var bench = new Workbench();
        await UndisturbedSweep.PlanAsync(bench);
        (_, string url) = await bench.StartFleetAsync(0, "--agent-term", "5");
        await bench.OkAsync(["sweep", "submit", bench["sweep"], "--fleet", url]);
        RunningProgram agent = bench.StartAgent(url, 0);
        string chain = await InStageAsync(bench, "student");
        string listed = await bench.OkAsync(["fleet", "sweeps", "--profiler", url]);
        Assert.Matches(@"in work\s+11\s+1\s+0\s+0", listed);
        await bench.OkAsync(["sweep", "withdraw", bench["sweep"], "--fleet", url]);
        await agent.WaitForOutputAsync("No chain waits for this agent", Workbench.Stop);
        Assert.All(await ChainsAsync(bench, url), each => Assert.Equal("waiting", each.Is));
        await LeaveAsync(agent);
        Assert.Single(Directory.GetFiles(bench["sweep/chains"], "*.json"));
        await bench.OkAsync(["sweep", "work", bench["sweep"], "--index", "0"]);
        whole.AssertSame(bench["sweep"], chain);
    }

    /// <summary>An agent that stands still in its student's training, with the process that trains.</summary>
    private static async Task<(string Url, RunningProgram Agent, int Stage, string Chain)> FreezeAsync(Workbench bench)
    {
        await UndisturbedSweep.PlanAsync(bench);
        (_, string url) = await bench.StartFleetAsync(0, "--agent-term", "2");
        await bench.OkAsync(["sweep", "submit", bench["sweep"], "--fleet", url]);
        RunningProgram agent = bench.StartAgent(url, 0);
        while (true)
        {
            string chain = await InStageAsync(bench, "student");
            Signal("-STOP", agent.Id);
            int[] stages = [.. ChildProcesses.Of(agent.Id)];
            foreach (int stage in stages)
                Signal("-STOP", stage);
            // Between two stages there is none.
            if (stages is [var only] && !IsDone(bench, chain) && File.Exists(bench[$"sweep/runs/{chain}/{RunLock}"]))
                return (url, agent, only, chain);
            foreach (int stage in stages)
                Signal("-CONT", stage);
            Signal("-CONT", agent.Id);
            await Task.Delay(Look, Workbench.Stop);
        }
    }

    private static async Task<string> InStageAsync(Workbench bench, string stage)
    {
        while (true)
        {
            foreach (string state in Directory.Exists(bench["sweep/chains"]) ? Directory.GetFiles(bench["sweep/chains"], "*.json") : [])
            {
                string chain = Path.GetFileNameWithoutExtension(state);
                if (SmallSweep.IsBegun(bench["sweep"], chain, stage) && !SmallSweep.IsDone(bench["sweep"], chain, stage))
                    return chain;
            }
            await Task.Delay(20, Workbench.Stop);
        }
    }

    /// <summary>Ends an agent as its user does.</summary>
    private static async Task LeaveAsync(RunningProgram agent)
    {
        agent.Interrupt();
        var (code, output, error) = await agent.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0 && Workbench.WithoutNotes(error).Length == 0, output + error);
        Assert.Contains("This agent has left the fleet.", output, StringComparison.Ordinal);
    }

    private static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static int Done(Workbench bench) => SmallSweep.Done(bench["sweep"], "eval");

    private static bool IsDone(Workbench bench, string chain) => SmallSweep.IsDone(bench["sweep"], chain, "eval");

    private static int Begun(string log) => File.ReadLines(log).Count(line => line.StartsWith("$ ", StringComparison.Ordinal));

    /// <summary>The chains as the fleet has them.</summary>
    private static async Task<IEnumerable<(string Name, string Is)>> ChainsAsync(Workbench bench, string url)
    {
        using JsonDocument sweeps = JsonDocument.Parse(await bench.OkAsync(["fleet", "sweeps", "--profiler", url, "--json"]));
        string id = Assert.Single(sweeps.RootElement.EnumerateArray()).GetProperty("id").GetString()!;
        using JsonDocument shown = JsonDocument.Parse(await bench.OkAsync(["fleet", "sweeps", id, "--profiler", url, "--json"]));
        return
        [
            .. shown
                .RootElement.GetProperty("chains")
                .EnumerateArray()
                .Select(chain => (chain.GetProperty("name").GetString()!, chain.GetProperty("is").GetString()!)),
        ];
    }
}
