using FasterSeg.Latency;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Search.Sweeps;

/// <summary>A sweep of a fleet, as this machine sees it.</summary>
/// <param name="Folder">The sweep; null where there is a fault.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Fault">Why this machine cannot work on it, as a part of a sentence.</param>
internal sealed record SharedSweep(SweepFolder? Folder, SweepChain? Chain, string? Fault)
{
    /// <summary>Looks for the sweep of a lease.</summary>
    /// <param name="lease">What the fleet gave.</param>
    /// <param name="root">The folder in which this machine sees sweeps; null sees them where they were submitted.</param>
    public static SharedSweep Find(ChainLease lease, string? root)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(lease.Place));
        if (name is "" or "." or ".." || !Path.IsPathFullyQualified(lease.Place))
            return Of($"{lease.Place} is no whole path here");
        string path = root is null ? lease.Place : Path.Combine(root, name);
        try
        {
            if (!SweepFolder.Exists(path))
                return Of($"this machine does not see the folder {path}");
            if (SweepFolder.MarkIn(path) != lease.Mark)
                return Of($"{path} holds another sweep on this machine");
            var folder = SweepFolder.Open(path);
            if (folder.Sweep.Chains.FirstOrDefault(chain => chain.Name == lease.Chain) is not { } found)
                return Of($"{path} has no chain of this name");
            folder.RequireImages();
            return new(folder, found, Fault: null);
        }
        catch (Exception fault) when (fault is UserErrorException or IOException or UnauthorizedAccessException)
        {
            return Of(fault.Message.TrimEnd('.'));
        }
    }

    private static SharedSweep Of(string fault) => new(null, null, fault);
}
