using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>
/// Counts what a profiler commits, from outside: triggers in its own database write a line for each measurement that comes in, also for one
/// that takes the place of an earlier one. It goes on counting whoever is killed.
/// </summary>
internal sealed class MeasurementAudit
{
    private readonly string connection;

    /// <summary>Begins to count in the database of a store.</summary>
    public MeasurementAudit(string store)
    {
        connection = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(store, "profiler.db"),
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString();
        using SqliteConnection database = Open();
        database.Execute(
            """
            CREATE TABLE audit (job_id TEXT NOT NULL, pass INTEGER NOT NULL, key TEXT NOT NULL);
            CREATE TRIGGER audit_insert AFTER INSERT ON measurement BEGIN INSERT INTO audit VALUES (new.job_id, new.pass, new.key); END;
            CREATE TRIGGER audit_update AFTER UPDATE OF entry ON measurement
                BEGIN INSERT INTO audit VALUES (new.job_id, new.pass, new.key); END;
            """
        );
    }

    /// <summary>Measurements that were committed.</summary>
    public int Committed => Scalar("SELECT count(*) FROM audit");

    /// <summary>Those of them that had been committed before.</summary>
    public int Repeated => Committed - Scalar("SELECT count(*) FROM (SELECT DISTINCT job_id, pass, key FROM audit)");

    /// <summary>Jobs that they belong to.</summary>
    public int Jobs => Scalar("SELECT count(DISTINCT job_id) FROM audit");

    private int Scalar(string query)
    {
        using SqliteConnection database = Open();
        return database.ExecuteScalar<int>(query);
    }

    private SqliteConnection Open()
    {
        var database = new SqliteConnection(connection);
        database.Open();
        return database;
    }
}
