using System.Globalization;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Membership;

/// <summary>
/// Orleans' table of a cluster's nodes, in the fleet's database. Each change names the version of the table that it was decided on, and
/// holds only where that is still the version: of several at once one wins, and the others read and decide anew. A sign of life changes no
/// version.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="cluster">The cluster's id; a database may have several.</param>
internal sealed class FleetMembership(FleetDatabase database, string cluster) : IMembershipTable
{
    private const string Columns =
        "m.silo, m.etag, m.status, m.host, m.name, m.role, m.proxy_port, m.update_zone, m.fault_zone, m.suspecters, m.started, m.alive";

    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) =>
        tryInitTableVersion
            ? database.WriteAsync(
                turn => turn.DoAsync("INSERT INTO cluster (id, version) VALUES (@cluster, 0) ON CONFLICT (id) DO NOTHING", new { cluster }),
                CancellationToken.None
            )
            : Task.CompletedTask;

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) =>
        database.WriteAsync(turn => turn.DoAsync("DELETE FROM cluster WHERE id = @clusterId", new { clusterId }), CancellationToken.None);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) =>
        database.WriteAsync(
            turn =>
                turn.DoAsync(
                    "DELETE FROM member WHERE cluster = @cluster AND status = @dead AND started < @before AND alive < @before",
                    new
                    {
                        cluster,
                        dead = (long)SiloStatus.Dead,
                        before = StoreText.Of(beforeDate),
                    }
                ),
            CancellationToken.None
        );

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync("AND m.silo = @silo", key.ToParsableString());

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => ReadAsync("", silo: null);

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        ChangeAsync(
            entry,
            tableVersion,
            known => known is null,
            """
            INSERT INTO member (
                cluster, silo, etag, status, host, name, role, proxy_port, update_zone, fault_zone, suspecters, started, alive
            ) VALUES (
                @cluster, @silo, @etag, @status, @host, @name, @role, @proxy_port, @update_zone, @fault_zone, @suspecters, @started, @alive
            )
            """
        );

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        ChangeAsync(
            entry,
            tableVersion,
            known => known is { } mine && Text(mine) == etag,
            """
            UPDATE member SET etag = @etag, status = @status, host = @host, name = @name, role = @role, proxy_port = @proxy_port,
                update_zone = @update_zone, fault_zone = @fault_zone, suspecters = @suspecters, started = @started, alive = @alive
            WHERE cluster = @cluster AND silo = @silo
            """
        );

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) =>
        database.WriteAsync(
            turn =>
                turn.DoAsync(
                    "UPDATE member SET alive = @alive WHERE cluster = @cluster AND silo = @silo",
                    new
                    {
                        cluster,
                        silo = entry.SiloAddress.ToParsableString(),
                        alive = MemberLine.Text(entry.IAmAliveTime),
                    }
                ),
            CancellationToken.None
        );

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    // One query: the nodes and the version belong together.
    private Task<MembershipTableData> ReadAsync(string which, string? silo) =>
        database.ReadAsync(
            async turn =>
            {
                IReadOnlyList<MemberLine> lines = await turn.RowsAsync<MemberLine>(
                    $"""
                    SELECT c.version, {Columns} FROM cluster c LEFT JOIN member m ON m.cluster = c.id {which} WHERE c.id = @cluster
                    """,
                    new { cluster, silo }
                );
                long version = lines is [var first, ..] ? first.version : 0;
                return new MembershipTableData(
                    [.. lines.Where(line => line.silo is not null).Select(line => Tuple.Create(line.Read(), Text(line.etag!.Value)))],
                    new TableVersion((int)version, Text(version))
                );
            },
            CancellationToken.None
        );

    private Task<bool> ChangeAsync(MembershipEntry entry, TableVersion next, Func<long?, bool> holds, string change) =>
        database.WriteAsync(
            async turn =>
            {
                // The cluster's row is this transaction's from here on: changes come one after the other.
                long? version = await turn.NumberAsync(
                    $"SELECT version FROM cluster WHERE id = @cluster{turn.Dialect.ForUpdate}",
                    new { cluster }
                );
                if (version is not { } now || Text(now) != next.VersionEtag)
                    return false;
                long? known = await turn.NumberAsync(
                    "SELECT etag FROM member WHERE cluster = @cluster AND silo = @silo",
                    new { cluster, silo = entry.SiloAddress.ToParsableString() }
                );
                if (!holds(known))
                    return false;
                await turn.DoAsync(change, MemberLine.Values(cluster, entry, next.Version));
                await turn.DoAsync(
                    "UPDATE cluster SET version = @version WHERE id = @cluster",
                    new { cluster, version = (long)next.Version }
                );
                return true;
            },
            CancellationToken.None
        );
}
