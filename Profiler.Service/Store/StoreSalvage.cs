using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>Saves from a damaged file what it still gives.</summary>
internal static class StoreSalvage
{
    /// <summary>Takes over each table that is still whole: its own hash says so.</summary>
    /// <param name="damaged">The damaged file.</param>
    /// <param name="where">Its name, for messages.</param>
    /// <param name="into">The store that begins anew.</param>
    /// <returns>How many there were.</returns>
    public static int Tables(SqliteConnection damaged, string where, ProfilerDatabase into)
    {
        int saved = 0;
        foreach (Func<SqliteConnection, IEnumerable<byte[]>> files in new[] { Lists, WholeFiles })
        {
            try
            {
                damaged.Open();
                foreach (byte[] json in files(damaged))
                    saved += StoredTable.TryRead(json, where) is { } table && Keep(into, table, json) ? 1 : 0;
            }
            catch (SqliteException)
            {
                // What lies behind the damage cannot be read, and an earlier build had no lists.
            }
            damaged.Close();
        }
        return saved;
    }

    private static IEnumerable<byte[]> WholeFiles(SqliteConnection damaged) =>
        damaged.Query<byte[]>("SELECT json FROM latency_table WHERE length(json) > 0 ORDER BY rowid", buffered: false);

    private static IEnumerable<byte[]> Lists(SqliteConnection damaged)
    {
        foreach (
            byte[] list in damaged.Query<byte[]>("SELECT lines FROM latency_table WHERE lines IS NOT NULL ORDER BY seq", buffered: false)
        )
        {
            byte[]? file = null;
            try
            {
                file = TableLines.Read(damaged, list);
            }
            catch (SqliteException)
            {
                // A line of this one lies in the damage; others may not.
            }
            if (file is not null)
                yield return file;
        }
    }

    private static bool Keep(ProfilerDatabase into, StoredTable table, byte[] json)
    {
        using SqliteConnection connection = into.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        TableStore.Insert(connection, table, json, transaction);
        transaction.Commit();
        return true;
    }
}
