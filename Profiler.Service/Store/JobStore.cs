using System.Globalization;
using System.Text.Json;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The jobs and each of their measurements, as they come: what a job has measured is never measured again.</summary>
public sealed class JobStore(ProfilerDatabase database, TimeProvider time, ILogger<JobStore> logger)
{
    /// <summary>Finished jobs whose raw samples are kept.</summary>
    public const int KeptSamples = 20;

    private const string Columns =
        "SELECT id, space, settings, identity, state, message, table_id, created, updated, owner, sessions FROM job";

    /// <summary>Remembers a new job, which is running.</summary>
    /// <param name="space">The space.</param>
    /// <param name="settings">How it is measured.</param>
    /// <param name="identity">What its numbers are comparable with.</param>
    /// <param name="owner">The client that it belongs to; null where nobody knows.</param>
    /// <param name="sessions">Sessions that its table takes at least; null where nobody knows.</param>
    public StoredJob Add(
        SearchSpace space,
        MeasurementSettings settings,
        TableIdentity identity,
        string? owner = null,
        int? sessions = null
    )
    {
        using SqliteConnection connection = database.Open();
        return Add(connection, transaction: null, space, settings, identity, JobState.Running, tableId: null, owner, sessions);
    }

    /// <summary>Notes whose a job is from now on, and the sessions that its table takes at least.</summary>
    public void Own(string id, string? owner, int sessions)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "UPDATE job SET owner = @owner, sessions = @sessions WHERE id = @id",
            new
            {
                id,
                owner,
                sessions,
            }
        );
    }

    /// <summary>Remembers, within the transaction that keeps the table, how a table came about that no job built, such as a refreshed
    /// one.</summary>
    public void AddFinished(SqliteTransaction transaction, SearchSpace space, MeasurementSettings settings, StoredTable stored) =>
        Add(transaction.Connection!, transaction, space, settings, stored.Table.Identity, JobState.Done, stored.Id);

    /// <summary>Notes, within the transaction that keeps its table, that a job is done.</summary>
    public void Finish(SqliteTransaction transaction, string id, string tableId) =>
        Update(transaction.Connection!, transaction, id, JobState.Done, message: "", tableId);

    /// <summary>The newest job of this space and these settings that has no table yet, or null.</summary>
    public StoredJob? FindUnfinished(SearchSpace space, MeasurementSettings settings, TableIdentity identity) =>
        Query("WHERE state <> 'done'")
            .FirstOrDefault(job => job.Space.Equals(space) && job.Settings == settings && job.Identity == identity);

    /// <summary>The newest job that made this table, or null.</summary>
    public StoredJob? FindByTable(string tableId) => Query("WHERE table_id = @tableId", new { tableId }).FirstOrDefault();

    /// <summary>The newest jobs, the newest first.</summary>
    /// <param name="most">How many at most; by default all.</param>
    public IReadOnlyList<StoredJob> List(int most = -1) => Query("", new { most }, "LIMIT @most");

    /// <summary>Jobs older than one, the newest first.</summary>
    /// <param name="id">The one.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<StoredJob> ListBehind(string id, int most) =>
        Query("WHERE (created, rowid) < (SELECT created, rowid FROM job WHERE id = @id)", new { id, most }, "LIMIT @most");

    /// <summary>The job of this id, or null.</summary>
    public StoredJob? Find(string id) => Query("WHERE id = @id", new { id }).FirstOrDefault();

    /// <summary>How many sessions the job has measured.</summary>
    public int Measured(string id)
    {
        using SqliteConnection connection = database.Open();
        return connection.ExecuteScalar<int>("SELECT count(*) FROM measurement WHERE job_id = @id", new { id });
    }

    /// <summary>Notes a job's new state.</summary>
    public void Update(string id, JobState state, string message = "", string? tableId = null)
    {
        using SqliteConnection connection = database.Open();
        Update(connection, transaction: null, id, state, message, tableId);
    }

    /// <summary>Drops the raw samples of finished jobs, but for the newest ones: they are most of what a job takes on disk.</summary>
    public void DropOldSamples()
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "UPDATE measurement SET samples = NULL WHERE samples IS NOT NULL AND job_id IN (SELECT id FROM job WHERE state = "
                + "'done' ORDER BY created DESC, rowid DESC LIMIT -1 OFFSET @KeptSamples)",
            new { KeptSamples }
        );
    }

    /// <summary>The raw samples that a job took of an operator, session by session, ms; empty where there are none any more.</summary>
    public IReadOnlyList<ReadOnlyMemory<double>> Samples(string id, OperatorSpec spec)
    {
        using SqliteConnection connection = database.Open();
        return
        [
            .. connection
                .Query<byte[]>(
                    "SELECT samples FROM measurement WHERE job_id = @id AND key = @key AND samples IS NOT NULL ORDER BY pass",
                    new { id, key = spec.ToString() }
                )
                .Select(bytes => (ReadOnlyMemory<double>)SampleBytes.Read(bytes))
                .Where(session => session.Length > 0),
        ];
    }

    /// <summary>The measurements of a job.</summary>
    public IJobLog Log(string id) => new StoredJobLog(database, id, logger);

    private List<StoredJob> Query(string where, object? values = null, string limit = "")
    {
        using SqliteConnection connection = database.Open();
        return
        [
            .. connection
                .Query<Row>($"{Columns} {where} ORDER BY created DESC, rowid DESC {limit}", values)
                .Select(Read)
                .OfType<StoredJob>(),
        ];
    }

    private StoredJob Add(
        SqliteConnection connection,
        SqliteTransaction? transaction,
        SearchSpace space,
        MeasurementSettings settings,
        TableIdentity identity,
        JobState state,
        string? tableId,
        string? owner = null,
        int? sessions = null
    )
    {
        DateTimeOffset now = time.GetUtcNow();
        var job = new StoredJob(Guid.NewGuid().ToString("N")[..12], space, settings, identity, state, "", tableId, now, now)
        {
            Owner = owner,
            Sessions = sessions,
        };
        connection.Execute(
            "INSERT INTO job (id, space, settings, identity, state, table_id, created, updated, owner, sessions) VALUES (@Id, @space, "
                + "@settings, @identity, @state, @tableId, @now, @now, @owner, @sessions)",
            new
            {
                job.Id,
                space = LatencyTableJson.SerializeSpace(space),
                settings = JsonSerializer.Serialize(settings),
                identity = JsonSerializer.Serialize(identity),
                state = NameOf(state),
                tableId,
                now = Text(now),
                owner,
                sessions,
            },
            transaction
        );
        return job;
    }

    private void Update(
        SqliteConnection connection,
        SqliteTransaction? transaction,
        string id,
        JobState state,
        string message,
        string? tableId
    ) =>
        connection.Execute(
            "UPDATE job SET state = @state, message = @message, table_id = @tableId, updated = @now WHERE id = @id",
            new
            {
                id,
                state = NameOf(state),
                message,
                tableId,
                now = Text(time.GetUtcNow()),
            },
            transaction
        );

    private StoredJob? Read(Row row)
    {
        try
        {
            return new(
                row.id,
                LatencyTableJson.ParseSpace(row.space, "job " + row.id),
                Parse<MeasurementSettings>(row.settings),
                Parse<TableIdentity>(row.identity),
                Enum.Parse<JobState>(row.state, ignoreCase: true),
                row.message,
                row.table_id,
                Time(row.created),
                Time(row.updated)
            )
            {
                Owner = row.owner,
                Sessions = (int?)row.sessions,
            };
        }
        catch (Exception fault) when (fault is UserErrorException or JsonException or FormatException or ArgumentException)
        {
            logger.LogError("Job {Job} of the store is damaged and left out: {Reason}", row.id, fault.Message);
            return null;
        }
    }

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json) ?? throw new JsonException("null is none of its facts");

    private static string NameOf(JobState state) => state.ToString().ToLowerInvariant();

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture);

    // Named as the columns are.
    private sealed record Row(
        string id,
        string space,
        string settings,
        string identity,
        string state,
        string message,
        string? table_id,
        string created,
        string updated,
        string? owner,
        long? sessions
    );
}
