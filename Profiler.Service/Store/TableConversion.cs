using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// Takes tables apart that earlier builds kept as whole files, so that they share their lines. Each is a transaction of its own: it may be
/// stopped at any time, and goes on behind the last one.
/// </summary>
internal static class TableConversion
{
    /// <summary>Goes on, the newest first, until none is left or the time is over.</summary>
    /// <returns>True where none is left.</returns>
    public static bool Run(ProfilerDatabase database, TimeSpan most, ILogger logger)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            if (!database.Guard(() => One(database, logger)))
                return true;
        } while (Stopwatch.GetElapsedTime(start) < most);
        return false;
    }

    private static bool One(ProfilerDatabase database, ILogger logger)
    {
        using SqliteConnection connection = database.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        var (row, json) = connection.QueryFirstOrDefault<(long Row, byte[]? Json)>(
            "SELECT rowid, json FROM latency_table WHERE seq IS NULL AND damaged = 0 ORDER BY rowid DESC LIMIT 1",
            transaction: transaction
        );
        if (json is null)
            return false;
        if (StoredTable.TryRead(json, "the store") is not { } stored)
        {
            logger.LogError("A table of the store in {Folder} is damaged and left out", database.Folder);
            connection.Execute("UPDATE latency_table SET damaged = 1 WHERE rowid = @row", new { row }, transaction);
            transaction.Commit();
            return true;
        }
        TableHeader header = stored.Header;
        long kind = TableKinds.FindOrAdd(connection, transaction, header.Identity, header.Space);
        connection.Execute(
            """
            UPDATE latency_table SET json = x'', seq = rowid, kind = @kind, hash = @Hash, entries = @Entries, measured = @IsMeasured,
                failed = @Failed, loaded = @Loaded, lines = @lines, digest = @digest
            WHERE rowid = @row
            """,
            new
            {
                row,
                kind,
                header.Hash,
                header.Entries,
                header.IsMeasured,
                header.Failed,
                header.Loaded,
                lines = TableLines.Write(connection, transaction, kind, json),
                digest = TableLines.Digest(json),
            },
            transaction
        );
        transaction.Commit();
        return true;
    }
}
