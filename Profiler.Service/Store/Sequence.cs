using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The order in which a store was given its jobs and tables. Clocks are set forward and back; this only grows.</summary>
internal static class Sequence
{
    /// <summary>The next number, which nothing else gets.</summary>
    public static long Next(SqliteConnection connection, SqliteTransaction? transaction) =>
        connection.ExecuteScalar<long>("UPDATE sequence SET value = value + 1 RETURNING value", transaction: transaction);
}
