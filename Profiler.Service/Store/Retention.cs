using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>Drops what a policy does not keep, in small transactions: nobody waits long for it, and it may be stopped at any
/// time.</summary>
public sealed class Retention(
    ProfilerDatabase database,
    TableStore tables,
    JobStore jobs,
    RetentionPolicy policy,
    TimeProvider time,
    ILogger<Retention> logger
)
{
    // What a wrong clock must not take away.
    private const int Ageless = 10;

    // In one transaction, for which everybody else has to wait. A job may have megabytes of samples.
    private const int TablesAtOnce = 50,
        JobsAtOnce = 5;

    /// <summary>Drops what is too old or too much.</summary>
    /// <returns>How many tables and jobs went.</returns>
    /// <exception cref="StoreUnavailableException">The store takes nothing at present.</exception>
    public (int Tables, int Jobs) Apply(CancellationToken cancellation)
    {
        while (jobs.DropOldSamples())
            cancellation.ThrowIfCancellationRequested();
        (int Tables, int Jobs) all = (0, 0);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            string[] oldTables = Droppable(TooOldTables),
                oldJobs = Droppable(TooOldJobs);
            if (oldTables.Length + oldJobs.Length == 0 && UsedBytes() > (long)policy.LimitMiB << 20)
                (oldTables, oldJobs) = (Droppable(AnyTables), Droppable(AnyJobs));
            if (oldTables.Length + oldJobs.Length == 0)
                break;
            Drop(oldTables, oldJobs);
            all = (all.Tables + oldTables.Length, all.Jobs + oldJobs.Length);
        }
        if (all != (0, 0))
            logger.LogInformation("The store let go of {Tables} old tables and {Jobs} old jobs", all.Tables, all.Jobs);
        return all;
    }

    /// <summary>What the file holds, without what is free in it for new things.</summary>
    public long UsedBytes()
    {
        using SqliteConnection connection = database.Open();
        long Pragma(string name) => connection.ExecuteScalar<long>("PRAGMA " + name);
        return (Pragma("page_count") - Pragma("freelist_count")) * Pragma("page_size");
    }

    // The last table of a kind has place 1; so has the last job of those that ended without a table.
    private const string PlacedTables = """
        WITH placed AS (
            SELECT id, seq, created, row_number() OVER (PARTITION BY kind ORDER BY measured DESC, damaged, brought, seq DESC) AS place
            FROM latency_table WHERE seq IS NOT NULL
        )
        SELECT id FROM placed WHERE place > 1 AND id NOT IN (SELECT table_id FROM brought_file)
        """;

    private const string PlacedJobs = """
        WITH placed AS (
            SELECT id, seq, updated AS created, row_number() OVER (ORDER BY seq DESC) AS place
            FROM job WHERE state IN ('failed', 'cancelled')
        )
        SELECT id FROM placed WHERE true
        """;

    private const string IsTooOld = " AND (place > @Versions OR (place > @Ageless AND created < @before))";

    private const string OldestFirst = " ORDER BY seq LIMIT ";

    private const string TooOldTables = PlacedTables + IsTooOld + OldestFirst + "@TablesAtOnce",
        TooOldJobs = PlacedJobs + IsTooOld + OldestFirst + "@JobsAtOnce",
        AnyTables = PlacedTables + OldestFirst + "@TablesAtOnce",
        AnyJobs = PlacedJobs + OldestFirst + "@JobsAtOnce";

    private string[] Droppable(string query)
    {
        using SqliteConnection connection = database.Open();
        return
        [
            .. connection.Query<string>(
                query,
                new
                {
                    policy.Versions,
                    Ageless,
                    TablesAtOnce,
                    JobsAtOnce,
                    before = (time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(policy.Days)).ToString("O", CultureInfo.InvariantCulture),
                }
            ),
        ];
    }

    private void Drop(string[] oldTables, string[] oldJobs)
    {
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            using SqliteTransaction transaction = connection.BeginTransaction();
            connection.Execute(
                "DELETE FROM job WHERE id IN @oldJobs AND state IN ('failed', 'cancelled'); DELETE FROM job WHERE table_id IN @oldTables",
                new { oldJobs, oldTables },
                transaction
            );
            long[] kinds =
            [
                .. connection.Query<long>("SELECT DISTINCT kind FROM latency_table WHERE id IN @oldTables", new { oldTables }, transaction),
            ];
            connection.Execute("DELETE FROM latency_table WHERE id IN @oldTables", new { oldTables }, transaction);
            foreach (long kind in kinds)
                DropUnusedLines(connection, transaction, kind);
            transaction.Commit();
        });
        foreach (string id in oldTables)
            tables.Forget(id);
    }

    private static void DropUnusedLines(SqliteConnection connection, SqliteTransaction transaction, long kind)
    {
        HashSet<long> used =
        [
            .. connection
                .Query<byte[]>("SELECT lines FROM latency_table WHERE kind = @kind AND lines IS NOT NULL", new { kind }, transaction)
                .SelectMany(TableLines.Ids),
        ];
        foreach (long line in connection.Query<long>("SELECT id FROM table_line WHERE kind = @kind", new { kind }, transaction))
        {
            if (!used.Contains(line))
                connection.Execute("DELETE FROM table_line WHERE id = @line", new { line }, transaction);
        }
    }
}
