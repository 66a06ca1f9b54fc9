using System.Net;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>How a profiler is hosted.</summary>
public sealed record ProfilerHostOptions
{
    /// <summary>Port of a profiler started on its own.</summary>
    public const int DefaultPort = 5151;

    /// <summary>Address and port to listen on; port 0 takes any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>Who may reach it, and how.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Folder of the locks that keep two profilers off one device; the same for all of a machine.</summary>
    public string LockFolder { get; init; } = Path.GetTempPath();

    /// <summary>
    /// Lets it measure beside profilers that have other folders of locks, which disturbs all of them. Tests that run side by side, where
    /// the numbers are not the point, say so by the environment, for whatever is hosted in their processes.
    /// </summary>
    public bool SharesDevice { get; init; } =
        bool.TryParse(Environment.GetEnvironmentVariable(SettingNames.Variable(SharesDeviceOption)), out bool shares) && shares;

    /// <summary>Name of the option of <see cref="SharesDevice"/>.</summary>
    public const string SharesDeviceOption = "share-device";

    /// <summary>What the store keeps.</summary>
    public RetentionPolicy Retention { get; init; } = new();

    /// <summary>Folder of the database of jobs, measurements and finished tables.</summary>
    public string? StoreFolder { get; init; }

    /// <summary><see cref="StoreFolder"/>, or else a folder in the user's data folder.</summary>
    /// <exception cref="UserErrorException">The user has none.</exception>
    public string ResolveStoreFolder()
    {
        if (StoreFolder is not null)
            return StoreFolder;
        string data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
        // A guest's tables go to its program anyway.
        if (data.Length == 0 && !Standalone)
            data = Path.GetTempPath();
        return data.Length > 0
            ? Path.Combine(data, "fasterseg", "tables")
            : throw new UserErrorException("This user has no home folder to keep the tables in: name a folder with --store.");
    }

    /// <summary>CPU threads of a session where a request does not say.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What it measures with.</summary>
    public EngineChoice Engine { get; init; } = new();

    /// <summary>Address of the metrics' page for Prometheus (HTTP/1.1); null has none.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Where the page for people of a profiler started on its own is, unless its options say otherwise.</summary>
    public static IPEndPoint DefaultPage { get; } = new(IPAddress.Loopback, 5152);

    /// <summary>Address of the page for people; null has none.</summary>
    public IPEndPoint? Page { get; init; }

    /// <summary>Whether nobody named <see cref="Page"/>: where another program has that address there is no page.</summary>
    public bool PageMayLack { get; init; }

    /// <summary>What a measurement may take before its worker process is ended.</summary>
    public WorkerLimits Limits { get; init; } = WorkerLimits.Default;

    /// <summary>How many calls it takes, and how large ones.</summary>
    public CallLimits Calls { get; init; } = new();

    /// <summary>Whether tables are told from those of a loaded device. Without it a table says nothing of load, which is for tests of other
    /// things, on machines that are busy with tests.</summary>
    public bool JudgesLoad { get; init; } = true;

    /// <summary>The fleet that it joins, if any.</summary>
    public JoinOptions Join { get; init; } = new();

    /// <summary>How the log is written to the console.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>A program of its own: logs to the console and ends on Ctrl-C. A guest in another program does neither.</summary>
    public bool Standalone { get; init; }

    /// <summary>All that is wrong with these options together, a sentence each; empty where nothing is. Reads the files that they
    /// name.</summary>
    public IReadOnlyList<string> Faults()
    {
        int cores = Environment.ProcessorCount;
        string[] threads =
            Threads >= 1 && Threads <= cores ? [] : [$"{Threads} threads: this machine has {cores} logical cores; use 1 to {cores}."];
        return [.. Security.Faults(Listen, Metrics, Page), .. Security.FileFaults(), .. threads, .. Join.Faults()];
    }

    /// <summary>One exception that tells all faults, a sentence each.</summary>
    /// <param name="faults">The faults, at least one.</param>
    /// <param name="program">Whose settings they are of.</param>
    internal static UsageException Refusal(IReadOnlyList<string> faults, string program = "profiler") =>
        new(faults.Count == 1 ? faults[0] : $"The {program}'s settings have {faults.Count} faults:\n  {string.Join("\n  ", faults)}");
}
