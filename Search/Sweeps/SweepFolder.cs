using System.Security.Cryptography;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Where a sweep keeps what.</summary>
public sealed class SweepFolder
{
    private const int LargestFile = 1 << 26;
    private const string RunsName = "runs";

    // Whatever lies there is the sweep's.
    private static readonly string[] Own = ["configs", "tables", "chains", "logs", RunsName];

    private SweepFolder(string path, Sweep sweep) => (Path, Sweep) = (path, sweep);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What was planned.</summary>
    public Sweep Sweep { get; }

    /// <summary>The folder of all runs, for <c>fasterseg watch --runs</c>.</summary>
    public string Runs => System.IO.Path.Combine(Path, RunsName);

    /// <summary>A chain's run folder.</summary>
    public string RunOf(SweepChain chain) => System.IO.Path.Combine(Runs, chain.Name);

    /// <summary>A chain's configuration, before what its settings change.</summary>
    public string ConfigurationOf(SweepChain chain) => ConfigurationIn(Path, chain.Config);

    /// <summary>A chain's latency table.</summary>
    public string TableOf(SweepChain chain) => TableIn(Path, chain.Table);

    /// <summary>How far a chain is: <see cref="ChainState"/>.</summary>
    public string StateOf(SweepChain chain) => System.IO.Path.Combine(Path, "chains", chain.Name + ".json");

    /// <summary>Held by the program that works on a chain.</summary>
    public string LockOf(SweepChain chain) => System.IO.Path.Combine(Path, "chains", chain.Name + ".lock");

    /// <summary>Held by the process of a stage: it may still save when the program that has started it is gone.</summary>
    public string StageLockOf(SweepChain chain) => System.IO.Path.Combine(Path, "chains", chain.Name + ".stage.lock");

    /// <summary>The newest lease of a chain that an agent has begun under: <see cref="ChainFence"/>.</summary>
    public string FenceOf(SweepChain chain) => System.IO.Path.Combine(Path, "chains", chain.Name + ".lease");

    /// <summary>What a chain's commands said, one after the other.</summary>
    public string LogOf(SweepChain chain) => System.IO.Path.Combine(Path, "logs", chain.Name + ".txt");

    /// <summary>A file in the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Every file that the sweep keeps for itself, those of its runs too, as far as they are there.</summary>
    public IEnumerable<string> Files =>
        Own.Select(In)
            .Where(Directory.Exists)
            .SelectMany(part => Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories))
            .Concat([SweepIn(Path), In("slurm.sh")]);

    /// <summary>Passes where this machine has the images that the sweep's chains are trained on; looks at lists, not at pictures.</summary>
    /// <exception cref="UserErrorException">It has not, or they are broken.</exception>
    // What a configuration says of images is how they are drawn or fitted, not where they are.
    public void RequireImages() => DatasetLocator.Open(Sweep.Data, new DataOptions());

    /// <summary>Whether a folder holds a sweep.</summary>
    public static bool Exists(string path) => File.Exists(SweepIn(path));

    /// <summary>The sweep whose run a folder is; null where it is none's.</summary>
    public static string? Around(string run)
    {
        string runs = System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(run)) ?? "";
        if (System.IO.Path.GetFileName(runs) != RunsName)
            return null;
        string sweep = System.IO.Path.GetDirectoryName(runs) is { Length: > 0 } above ? above : ".";
        return Exists(sweep) ? sweep : null;
    }

    /// <summary>Opens a sweep.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="DamagedRunException"><c>sweep.json</c> is not as it was written.</exception>
    public static SweepFolder Open(string path) =>
        Exists(path)
            ? new SweepFolder(
                path,
                RunFile.Read(
                    SweepIn(path),
                    LargestFile,
                    "is not as 'fasterseg sweep plan' writes it",
                    "plan the sweep again, into another folder; the runs of this one are whole, and 'fasterseg compare' reads them",
                    json => (json.Deserialize<Sweep>(RunJson.Options) ?? throw new FormatException("it is null")).Checked()
                )
            )
            : throw new UsageException(
                $"{path} holds no sweep (it has no sweep.json): name the folder that 'fasterseg sweep plan --out' made."
            );

    /// <summary>Names the plan of a sweep wherever it lies: the SHA-256 of its file, hexadecimal.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string MarkIn(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(SweepIn(path))));

    /// <summary>Where a sweep in a folder keeps its plan.</summary>
    internal static string SweepIn(string path) => System.IO.Path.Combine(path, "sweep.json");

    /// <summary>Where a sweep in a folder keeps a configuration.</summary>
    internal static string ConfigurationIn(string path, string name) => System.IO.Path.Combine(path, "configs", name);

    /// <summary>Where a sweep in a folder keeps a table.</summary>
    internal static string TableIn(string path, string name) => System.IO.Path.Combine(path, "tables", name);
}
