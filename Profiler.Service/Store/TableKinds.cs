using System.Collections.Concurrent;
using Dapper;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The pairs of identity and space that tables have. A profiler has few of them and many tables of each.</summary>
internal sealed class TableKinds
{
    private readonly ConcurrentDictionary<long, (TableIdentity, SearchSpace?)> known = [];

    /// <summary>The kind's number; null where there is no table of it.</summary>
    public static long? Find(SqliteConnection connection, TableIdentity identity, SearchSpace? space) =>
        connection.QuerySingleOrDefault<long?>(
            "SELECT id FROM table_kind WHERE identity = @identity AND space = @space",
            Text(identity, space)
        );

    /// <summary>The kind's number, a new one where it has none.</summary>
    public static long FindOrAdd(SqliteConnection connection, SqliteTransaction? transaction, TableIdentity identity, SearchSpace? space)
    {
        object text = Text(identity, space);
        connection.Execute("INSERT INTO table_kind (identity, space) VALUES (@identity, @space) ON CONFLICT DO NOTHING", text, transaction);
        return connection.ExecuteScalar<long>("SELECT id FROM table_kind WHERE identity = @identity AND space = @space", text, transaction);
    }

    /// <summary>What a number stands for.</summary>
    public (TableIdentity Identity, SearchSpace? Space) Of(SqliteConnection connection, long kind) =>
        known.GetOrAdd(kind, static (kind, connection) => Read(connection, kind), connection);

    private static (TableIdentity, SearchSpace?) Read(SqliteConnection connection, long kind)
    {
        (string identity, string space) = connection.QuerySingle<(string, string)>(
            "SELECT identity, space FROM table_kind WHERE id = @kind",
            new { kind }
        );
        return (
            LatencyTableJson.ParseIdentity(identity, "the store"),
            space.Length == 0 ? null : LatencyTableJson.ParseSpace(space, "the store")
        );
    }

    private static object Text(TableIdentity identity, SearchSpace? space) =>
        new
        {
            identity = LatencyTableJson.SerializeIdentity(identity),
            space = space is null ? "" : LatencyTableJson.SerializeSpace(space),
        };
}
