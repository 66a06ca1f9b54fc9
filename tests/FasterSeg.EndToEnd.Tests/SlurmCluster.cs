using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FasterSeg.Latency;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>
/// A Slurm of its own, as Debian packages it: a controller and three nodes of one processor each, all on this machine's loopback, with a
/// key, ports and folders of their own. Nothing of an installed one is read or changed, and disposing of it ends whatever it has started.
/// </summary>
internal sealed partial class SlurmCluster : IAsyncDisposable
{
    private static readonly string[] Needed = ["munged", "slurmctld", "slurmd", "slurmstepd", "scontrol", "sbatch"];

    private readonly Workbench bench;
    private readonly string folder;
    private readonly List<(string Name, RunningProgram Program)> started = [];
    private readonly Dictionary<string, RunningProgram> daemons = [];

    private SlurmCluster(Workbench bench) => (this.bench, folder) = (bench, bench["slurm"]);

    /// <summary>Names of the nodes.</summary>
    public static IReadOnlyList<string> Nodes { get; } = ["node1", "node2", "node3"];

    /// <summary>Why there can be none on this machine, as a sentence; null where there can.</summary>
    public static async Task<string?> MissingAsync()
    {
        if (!OperatingSystem.IsLinux())
            return "Slurm is tested on Linux.";
        if (Needed.FirstOrDefault(program => Find(program) is null) is { } lacks)
            return $"There is no {lacks}: .ci/run installs slurm-wlm and munge.";
        if (!Environment.IsPrivilegedProcess)
            return "A controller and nodes of Slurm that belong to root need root.";
        // It listens where this machine's name leads, as the C library says it.
        string here = (await OutsideProgram.TryAsync("getent", ["ahostsv4", Environment.MachineName], Path.GetTempPath())).Output;
        return here.StartsWith("127.", StringComparison.Ordinal)
            ? null
            : $"{Environment.MachineName} is not on loopback by its name, where Slurm would listen: '{here.Split('\n')[0]}'.";
    }

    /// <summary>Starts it, and waits until all nodes are idle. What a bench starts from then on finds it.</summary>
    public static async Task<SlurmCluster> StartAsync(Workbench bench)
    {
        var cluster = new SlurmCluster(bench);
        try
        {
            cluster.Write();
            bench.Environment["SLURM_CONF"] = cluster.In("slurm.conf");
            cluster.Start(
                "munged",
                "--foreground",
                "--force",
                $"--key-file={cluster.In("munge.key")}",
                $"--socket={cluster.In("munge.socket")}",
                $"--pid-file={cluster.In("munge.pid")}",
                $"--log-file={cluster.In("munge.log")}",
                $"--seed-file={cluster.In("munge.seed")}",
                "--num-threads=2"
            );
            await cluster.UntilAsync(() => Task.FromResult(File.Exists(cluster.In("munge.socket"))));
            cluster.Start("slurmctld", "-D", "-c", "-f", cluster.In("slurm.conf"));
            foreach (string node in Nodes)
                cluster.Boot(node);
            await cluster.UntilAsync(async () =>
            {
                foreach (string node in Nodes)
                {
                    if (await cluster.StateOfAsync(node) != "IDLE")
                        return false;
                }
                return true;
            });
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node, as a computer that is switched on does.</summary>
    public void Boot(string node)
    {
        Start("slurmd", "-D", "-N", node, "-f", In("slurm.conf"));
        daemons[node] = started[^1].Program;
    }

    /// <summary>What a node's daemon said at its end; null where it runs.</summary>
    public string? EndOf(string node) => daemons[node] is { HasEnded: true } ended ? ended.Output + ended.Error : null;

    /// <summary>Ends a node as a power cut does: its daemon, its steps, and all that runs in them, with <c>kill -9</c>.</summary>
    /// <returns>How many processes there were.</returns>
    public int Kill(string node) => KillAll(() => ProcessesOf(node));

    /// <summary>Has all that runs at a node stand still, so that nothing of it ends before it is killed.</summary>
    /// <returns>How many processes there are.</returns>
    public int Hold(string node)
    {
        int[] held = [];
        // What is being stopped may just have started another one.
        for (int[] found = ProcessesOf(node); found.Except(held).Any(); found = ProcessesOf(node))
        {
            Signal("-STOP", found);
            held = found;
        }
        return held.Length;
    }

    /// <summary>Lets it go on.</summary>
    public void LetGo(string node) => Signal("-CONT", ProcessesOf(node));

    /// <summary>What runs at a node: its daemon, its steps, and all that runs in them.</summary>
    public int[] ProcessesOf(string node) =>
        [.. ProcessTable.Holding(In(node)).Union(ProcessTable.With($"SLURMD_NODENAME={node}", $"SLURM_CONF={In("slurm.conf")}"))];

    /// <summary>A node's state in Slurm's words, e.g. IDLE, or DOWN with more behind it; nothing where the controller does not
    /// answer.</summary>
    public async Task<string> StateOfAsync(string node)
    {
        string said = await ControlAsync("show", "node", node);
        return said.Split(' ').FirstOrDefault(word => word.StartsWith("State=", StringComparison.Ordinal))?["State=".Length..] ?? "";
    }

    /// <summary>Submits a sweep.</summary>
    /// <returns>The array job's number.</returns>
    public async Task<int> SubmitAsync(string sweep)
    {
        string said = await bench.OkAsync(["sweep", "submit", sweep, "--slurm"]);
        return int.Parse(Submitted().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The tasks of an array job that were begun.</summary>
    public async Task<IReadOnlyList<SlurmTask>> TasksAsync(int job) =>
        SlurmTask.Parse(await ControlAsync("show", "job", FormattableString.Invariant($"{job}")));

    /// <summary>Lets a task begin that was queued anew; Slurm holds it back for two minutes, which nobody has to wait for.</summary>
    public async Task BeginNowAsync(int job, int task) =>
        await ControlAsync("update", FormattableString.Invariant($"JobId={job}_{task}"), "StartTime=now");

    /// <summary>Where its processes listen, in the kernel's words.</summary>
    public string[] Listening() => ProcessTable.Listening(ProcessTable.Of(folder));

    /// <summary>Waits until something is so. Its daemons must live meanwhile, except those of nodes that were killed.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            foreach ((string name, RunningProgram program) in started.Where(each => each.Name != "slurmd"))
                Assert.False(program.HasEnded, $"{name} ended: {program.Output}{program.Error}");
            await Task.Delay(100, Workbench.Stop);
        }
    }

    /// <summary>What its daemons said, for who looks why a test failed.</summary>
    public string Logs() =>
        string.Join('\n', Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Select(path => $"{path}:\n{Tail(path)}"));

    public async ValueTask DisposeAsync()
    {
        KillAll(() => ProcessTable.Of(folder));
        foreach ((_, RunningProgram program) in started)
            await program.DisposeAsync();
        started.Clear();
    }

    private static void Signal(string signal, int[] processes)
    {
        using Process kill = Process.Start("kill", [signal, .. processes.Select(id => FormattableString.Invariant($"{id}"))]);
        kill.WaitForExit();
    }

    private static int KillAll(Func<int[]> which)
    {
        int count = 0;
        // What is being ended may just have started another one.
        for (int[] found = which(); found.Length > 0; found = which())
        {
            foreach (int id in found)
            {
                try
                {
                    using Process process = Process.GetProcessById(id);
                    process.Kill();
                    count++;
                }
                catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // By itself.
                }
            }
        }
        return count;
    }

    [GeneratedRegex(@"Submitted batch job (\d+)")]
    private static partial Regex Submitted();

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(["/usr/sbin", "/usr/bin"])
            .Select(place => Path.Combine(place, program))
            .FirstOrDefault(File.Exists);

    private static string Tail(string path) => string.Join('\n', File.ReadAllLines(path).TakeLast(40));

    private string In(string name) => Path.Combine(folder, name);

    private void Start(string program, params string[] arguments) =>
        started.Add((program, RunningProgram.StartFile(Find(program)!, bench.Folder, bench.Environment, arguments)));

    private async Task<string> ControlAsync(params string[] arguments) =>
        (await OutsideProgram.TryAsync(Find("scontrol")!, ["--oneliner", .. arguments], bench.Folder, bench.Environment)).Output;

    private void Write()
    {
        foreach (string name in Nodes.Append("state"))
            Directory.CreateDirectory(In(name));
        File.WriteAllBytes(In("munge.key"), RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(In("munge.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string host = Environment.MachineName;
        AtomicFile.WriteAllText(
            In("slurm.conf"),
            FormattableString.Invariant(
                $"""
                ClusterName=fasterseg
                SlurmctldHost={host}(127.0.0.1)
                SlurmUser=root
                SlurmdUser=root
                AuthType=auth/munge
                AuthInfo=socket={In("munge.socket")}
                CredType=cred/munge
                CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
                SlurmctldPort={FreePort.Next()}
                SlurmctldPidFile={In("slurmctld.pid")}
                SlurmctldLogFile={In("slurmctld.log")}
                StateSaveLocation={In("state")}
                SlurmdPidFile={In("%n/slurmd.pid")}
                SlurmdLogFile={In("%n/slurmd.log")}
                SlurmdSpoolDir={In("%n/spool")}
                SlurmdParameters=config_overrides
                # A node is given up that does not answer for so long.
                SlurmdTimeout=20
                # One that is switched on again takes tasks again.
                ReturnToService=2
                ProctrackType=proctrack/pgid
                TaskPlugin=task/none
                SwitchType=switch/none
                MpiDefault=none
                JobAcctGatherType=jobacct_gather/none
                AccountingStorageType=accounting_storage/none
                JobCompType=jobcomp/none
                MailProg=/bin/true
                # What has ended is shown to the test's end.
                MinJobAge=3600
                SchedulerType=sched/builtin
                SchedulerParameters=sched_interval=2,batch_sched_delay=1
                SelectType=select/cons_tres
                SelectTypeParameters=CR_CPU
                {string.Join('\n', Nodes.Select(Node))}
                PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP

                """
            )
        );

        string Node(string name) =>
            FormattableString.Invariant(
                $"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={FreePort.Next()} CPUs=1 RealMemory=100 State=UNKNOWN"
            );
    }
}
