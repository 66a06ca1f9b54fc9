using System.Net;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>How a node of a fleet is hosted.</summary>
internal sealed record FleetOptions
{
    /// <summary>Connections of a node, where nothing else is said: 6,000 devices and those who just call.</summary>
    public const int DefaultConnections = 10_000;

    // Between them a busy machine is not taken for a dead one, and a dead one's work goes on within an hour.
    private const int ShortestAgentTerm = 2,
        LongestAgentTerm = 3600;

    // Below, the callers that are not known yet would have too little room.
    private const int FewestConnections = 100;

    /// <summary>Where it listens, unless its options say otherwise.</summary>
    public static IPEndPoint DefaultListen { get; } = new(IPAddress.Loopback, 5250);

    /// <summary>Where clients and devices call.</summary>
    public IPEndPoint Listen { get; init; } = DefaultListen;

    /// <summary>A folder, for a fleet of one node, or PostgreSQL's connection string, for one of many.</summary>
    public string Store { get; init; } = DefaultStore;

    /// <summary>Where other nodes reach this one; null is this machine alone, on any free port.</summary>
    public IPEndPoint? Silo { get; init; }

    /// <summary>PEM file of the certificate, with its key, that a node shows the others; with <see cref="SiloAuthority"/>.</summary>
    public string? SiloCertificate { get; init; }

    /// <summary>PEM file of the authority that all nodes' certificates are of.</summary>
    public string? SiloAuthority { get; init; }

    /// <summary>Most connections at a time, 40 % of them of callers that are not known yet. A device is one.</summary>
    public int Connections { get; init; } = DefaultConnections;

    /// <summary>Who may call.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Sizes and terms of the pools' work.</summary>
    public SchedulingRules Rules { get; init; } = new();

    /// <summary>What is kept.</summary>
    public FleetRetention Retention { get; init; } = new(Versions: 20, Days: 365, SampledJobs: 20);

    /// <summary>How much of each client's is taken.</summary>
    public Grpc.FleetLimits Limits { get; init; } = new();

    /// <summary>Whether the log goes to the console: a program of its own, which ends on Ctrl-C.</summary>
    public bool Standalone { get; init; }

    /// <summary>Whether the store is a server, which many nodes share.</summary>
    public bool HasServer => Store.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    private static string DefaultStore =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "fasterseg", "fleet");

    /// <summary>All that is wrong with them, a sentence each.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>([.. Security.Faults(Listen), .. Security.FileFaults(ofFleet: true)]);
        if (Silo is not null && !HasServer)
            faults.Add(
                "--silo is for a fleet of several nodes, which share a PostgreSQL: name that with --store \"Host=...\", or leave --silo "
                    + "out."
            );
        if (Connections < FewestConnections)
            faults.Add($"--connections is {Connections}: a node takes at least {FewestConnections}.");
        if (Rules.ChainTerm.TotalSeconds is < ShortestAgentTerm or > LongestAgentTerm)
            faults.Add(
                FormattableString.Invariant(
                    $"--agent-term is {Rules.ChainTerm.TotalSeconds}: name {ShortestAgentTerm} to {LongestAgentTerm} seconds."
                )
            );
        if ((SiloCertificate is null) != (SiloAuthority is null))
            faults.Add("--silo-certificate and --silo-ca go together: name both.");
        faults.AddRange(SiloFiles.Faults(SiloCertificate, SiloAuthority));
        if (Silo is not null && (Silo.Address.Equals(IPAddress.Any) || Silo.Address.Equals(IPAddress.IPv6Any) || Silo.Port == 0))
            faults.Add(
                $"--silo is {Silo}, which no other node can call: name the one address and port where they reach this one, like "
                    + "192.168.1.10:5278."
            );
        if (Silo is not null && !IPAddress.IsLoopback(Silo.Address) && SiloCertificate is null && !Security.Insecure)
            faults.Add(
                $"The nodes' address {Silo} can be reached from other machines, and whoever is taken for a node runs the fleet: add "
                    + "--silo-certificate with --silo-ca, or --insecure where the network is trusted."
            );
        return faults;
    }

    /// <summary>Refuses what <see cref="Faults"/> tells.</summary>
    /// <exception cref="UsageException">Something is wrong; one message tells all of it.</exception>
    public void ThrowIfWrong()
    {
        IReadOnlyList<string> faults = Faults();
        if (faults.Count > 0)
            throw ProfilerHostOptions.Refusal(faults, "fleet");
    }
}
