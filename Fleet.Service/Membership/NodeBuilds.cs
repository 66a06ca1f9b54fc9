using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;

namespace FasterSeg.Fleet.Service.Membership;

/// <summary>
/// Nodes that make a cluster are of one build: what they say to each other is no contract, and has no versions. A node's name begins with
/// its build's. Two builds in two clusters on one database would do worse: each would take the other's leases for those of the dead.
/// </summary>
internal static class NodeBuilds
{
    // A node says each 5 s that it lives.
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15),
        Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long those of another build may take to stop, or to be taken for dead.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>This build: the same for the same source.</summary>
    public static string Own { get; } = typeof(NodeBuilds).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..12];

    /// <summary>A name for this node.</summary>
    public static string NewName() => $"{Own} {StoreText.NewId()}";

    /// <summary>Waits for nodes of other builds to go away.</summary>
    /// <param name="database">Where the nodes meet.</param>
    /// <param name="cluster">The cluster's id.</param>
    /// <param name="patience">For how long.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserErrorException">One is there still.</exception>
    public static async Task RequireAsync(FleetDatabase database, string cluster, TimeSpan patience, CancellationToken cancellation)
    {
        DateTimeOffset until = DateTimeOffset.UtcNow + patience;
        while (await OthersAsync(database, cluster, cancellation) is { Count: > 0 } others)
        {
            if (DateTimeOffset.UtcNow >= until)
                throw new UserErrorException(
                    $"A node of another build of fasterseg-fleet runs this fleet ({string.Join(", ", others)}), and nodes of two builds do "
                        + "not understand each other: stop all nodes, then start those of the new build. Devices measure on meanwhile."
                );
            await Task.Delay(Pause, cancellation);
        }
    }

    private static Task<IReadOnlyList<string>> OthersAsync(FleetDatabase database, string cluster, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<string>>(
            async turn =>
            {
                IReadOnlyList<(string Silo, string Name)> living = await turn.RowsAsync<(string, string)>(
                    """
                    SELECT silo, name FROM member WHERE cluster = @cluster AND status IN (@joining, @active) AND alive > @since
                    """,
                    new
                    {
                        cluster,
                        joining = (long)SiloStatus.Joining,
                        active = (long)SiloStatus.Active,
                        since = StoreText.Of(DateTimeOffset.UtcNow - Alive),
                    }
                );
                IEnumerable<string> others = living
                    .Where(node => !node.Name.StartsWith(Own, StringComparison.Ordinal))
                    .Select(node => node.Silo.Split('@')[0]);
                return [.. others.Order(StringComparer.Ordinal)];
            },
            cancellation
        );
}
