using System.Globalization;
using Dapper;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Bench.Adversity.History;

/// <summary>Makes a store that looks as if a profiler had worked for months: its rows are written by SQL, one sound table is their
/// pattern.</summary>
internal static class MadeHistory
{
    private const int SampleBytes = 100_000;

    /// <summary>Makes the store in a folder that has none.</summary>
    /// <param name="folder">The store's folder.</param>
    /// <param name="jobs">Jobs, of which all but a hundredth are done and have a table.</param>
    /// <param name="gibibytes">What the file shall hold, in samples of jobs that were cancelled.</param>
    public static void Make(string folder, int jobs, double gibibytes)
    {
        Directory.CreateDirectory(folder);
        var database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        using (var tables = new TableStore(database, NullLogger<TableStore>.Instance))
        {
            var store = new JobStore(database, TimeProvider.System, NullLogger<JobStore>.Instance);
            LatencyTable table = Table();
            tables.Save(table, (transaction, saved) =>
                store.AddFinished(transaction, saved.Table.Space!, new MeasurementSettings(), saved)
            );
        }
        using (SqliteConnection connection = database.Open())
        {
            connection.Execute("PRAGMA synchronous = OFF");
            Execute(
                connection,
                """
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < @jobs)
                INSERT INTO latency_table (id, created, json, seq, kind, hash, entries, measured, lines, digest)
                SELECT printf('%012x', i), created, x'', i, kind, printf('%064x', i), entries, measured, lines, digest
                FROM n, (SELECT * FROM latency_table LIMIT 1);
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < @jobs)
                INSERT INTO job (id, space, settings, identity, state, message, table_id, created, updated, seq, raw, measured)
                SELECT printf('%012x', i), space, settings, identity, iif(i % 100 = 0, 'cancelled', 'done'), '',
                    iif(i % 100 = 0, NULL, printf('%012x', i)), created, updated, 1000000 + i, 1, NULL
                FROM n, (SELECT * FROM job LIMIT 1);
                UPDATE sequence SET value = 2000000
                """,
                new { jobs }
            );
            string[] cancelled = [.. connection.Query<string>("SELECT id FROM job WHERE state = 'cancelled'")];
            long rows = (long)(gibibytes * (1L << 30) / SampleBytes);
            for (int i = 0; i < cancelled.Length; i++)
                Execute(
                    connection,
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
                    INSERT INTO measurement (job_id, pass, key, entry, samples) SELECT @id, 0, printf('conv h%d', i), '{}',
                        randomblob(@SampleBytes) FROM n
                    """,
                    new
                    {
                        id = cancelled[i],
                        count = Math.Max(1, rows / cancelled.Length),
                        SampleBytes,
                    }
                );
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)", commandTimeout: 0);
        }
        SqliteConnection.ClearAllPools();
    }

    private static void Execute(SqliteConnection connection, string sql, object values)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        connection.Execute(sql, values, transaction, commandTimeout: 0);
        transaction.Commit();
    }

    private static LatencyTable Table() =>
        new(
            new("made up", "CPU-none", null, null, "cpu", "1", null, null, "fp32", 1, 1, "none"),
            SearchSpace.Paper(256, 512),
            Enumerable
                .Range(1, 600)
                .Select(i => new LatencyEntry(
                    new(OperatorKind.Conv, 32, 64, 8 * i, 48),
                    EntryOrigin.Measured,
                    i,
                    new(i, 0, i, i, i, i, i, i, 15)
                )),
            DateTimeOffset.UtcNow,
            new Dictionary<string, string> { ["made"] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture) }
        );
}
