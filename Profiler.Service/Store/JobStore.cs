using System.Collections.Concurrent;
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

    // Jobs whose samples are dropped in one transaction, for which everybody else has to wait.
    private const int DroppedAtOnce = 20;

    // Far beyond what anybody may ask for.
    private const double MostQuietSeconds = 1e9;

    private const string Columns =
        "SELECT id, space, settings, identity, state, message, table_id, created, updated, owner, sessions, quiet_seconds FROM job";

    // How jobs ended, where a full disk did not take that yet.
    private readonly ConcurrentDictionary<string, (JobState State, string Message)> unwritten = new();

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
    ) =>
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            using SqliteTransaction transaction = connection.BeginTransaction();
            StoredJob job = Add(connection, transaction, space, settings, identity, JobState.Running, tableId: null, owner, sessions);
            transaction.Commit();
            return job;
        });

    /// <summary>Notes whose a job is from now on, the sessions that its table takes at least, and how long it waits for quiet; null is the
    /// service's default.</summary>
    public void Own(string id, string? owner, int sessions, TimeSpan? quiet) =>
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            connection.Execute(
                "UPDATE job SET owner = @owner, sessions = @sessions, quiet_seconds = @seconds WHERE id = @id",
                new
                {
                    id,
                    owner,
                    sessions,
                    seconds = quiet?.TotalSeconds,
                }
            );
        });

    /// <summary>Remembers, within the transaction that keeps the table, how a table came about that no job built, such as a refreshed
    /// one.</summary>
    public void AddFinished(SqliteTransaction transaction, SearchSpace space, MeasurementSettings settings, StoredTable stored) =>
        Add(transaction.Connection!, transaction, space, settings, stored.Table.Identity, JobState.Done, stored.Id);

    /// <summary>Notes, within the transaction that keeps its table, that a job is done.</summary>
    public void Finish(SqliteTransaction transaction, string id, string tableId)
    {
        SqliteConnection connection = transaction.Connection!;
        Update(connection, transaction, id, JobState.Done, message: "", tableId);
        connection.Execute(
            "UPDATE job SET measured = (SELECT count(*) FROM measurement WHERE job_id = @id) WHERE id = @id",
            new { id },
            transaction
        );
    }

    /// <summary>The newest job of this space and these settings that has no table yet, or null.</summary>
    public StoredJob? FindUnfinished(SearchSpace space, MeasurementSettings settings, TableIdentity identity) =>
        Query("WHERE state <> 'done' AND space = @space", new { space = LatencyTableJson.SerializeSpace(space) })
            .FirstOrDefault(job => job.Settings == settings && job.Identity == identity);

    /// <summary>The jobs that are running, or were when the service ended, the newest first.</summary>
    public IReadOnlyList<StoredJob> Running() => [.. Query("WHERE state = 'running'").Where(job => job.State == JobState.Running)];

    /// <summary>The newest job that made this table, or null.</summary>
    public StoredJob? FindByTable(string tableId) => Query("WHERE table_id = @tableId", new { tableId }).FirstOrDefault();

    /// <summary>The newest jobs, the newest first.</summary>
    /// <param name="most">How many at most; by default all.</param>
    public IReadOnlyList<StoredJob> List(int most = -1) => Query("", new { most }, "LIMIT @most");

    /// <summary>Jobs older than one, the newest first.</summary>
    /// <param name="id">The one.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<StoredJob> ListBehind(string id, int most) =>
        Query("WHERE seq < (SELECT seq FROM job WHERE id = @id)", new { id, most }, "LIMIT @most");

    /// <summary>The job of this id, or null.</summary>
    public StoredJob? Find(string id) => Query("WHERE id = @id", new { id }).FirstOrDefault();

    /// <summary>How many sessions the job has measured.</summary>
    public int Measured(string id)
    {
        using SqliteConnection connection = database.Open();
        return connection.ExecuteScalar<int>(
            "SELECT coalesce(measured, (SELECT count(*) FROM measurement WHERE job_id = @id)) FROM job WHERE id = @id",
            new { id }
        );
    }

    /// <summary>Notes a job's new state.</summary>
    /// <returns>False where there is no such job any more.</returns>
    public bool Update(string id, JobState state, string message = "", string? tableId = null)
    {
        bool isThere = database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            return Update(connection, transaction: null, id, state, message, tableId);
        });
        unwritten.TryRemove(id, out _);
        return isThere;
    }

    /// <summary>Forgets what a job has measured: asked for again, it begins anew.</summary>
    public void Forget(string id) =>
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            using SqliteTransaction transaction = connection.BeginTransaction();
            foreach (string table in new[] { "measurement", "sentinel_reading", "network_visit", "job_event" })
                connection.Execute($"DELETE FROM {table} WHERE job_id = @id", new { id }, transaction);
            transaction.Commit();
        });

    /// <summary>Notes how a job ended. Where the store does not take it now, it is so all the same, and noted with the next
    /// <see cref="Flush"/>.</summary>
    public void NoteEnd(string id, JobState state, string message = "")
    {
        unwritten[id] = (state, message);
        try
        {
            Flush();
        }
        catch (StoreUnavailableException)
        {
            // The store's health says so.
        }
    }

    /// <summary>Notes what the store did not take before.</summary>
    /// <exception cref="StoreUnavailableException">It still does not.</exception>
    public void Flush()
    {
        foreach (var end in unwritten)
        {
            database.Guard(() =>
            {
                using SqliteConnection connection = database.Open();
                Update(connection, transaction: null, end.Key, end.Value.State, end.Value.Message, tableId: null);
            });
            unwritten.TryRemove(end);
        }
    }

    /// <summary>Drops the measurements of finished jobs, whose tables have all that they say but for the raw samples. Those of the newest
    /// jobs stay.</summary>
    /// <returns>True where more is left to be dropped.</returns>
    public bool DropOldSamples() =>
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            using SqliteTransaction transaction = connection.BeginTransaction();
            string[] old =
            [
                .. connection.Query<string>(
                    "SELECT id FROM job WHERE state = 'done' AND raw = 1 ORDER BY seq DESC LIMIT @DroppedAtOnce OFFSET @KeptSamples",
                    new { DroppedAtOnce, KeptSamples },
                    transaction
                ),
            ];
            foreach (string id in old)
                connection.Execute(
                    """
                    UPDATE job SET raw = 0, measured = coalesce(measured, (SELECT count(*) FROM measurement WHERE job_id = @id))
                    WHERE id = @id;
                    DELETE FROM measurement WHERE job_id = @id;
                    DELETE FROM sentinel_reading WHERE job_id = @id;
                    DELETE FROM network_visit WHERE job_id = @id;
                    """,
                    new { id },
                    transaction
                );
            transaction.Commit();
            return old.Length == DroppedAtOnce;
        });

    /// <summary>The raw samples that a job took of an operator, session by session, ms; empty where there are none any more.</summary>
    public IReadOnlyList<ReadOnlyMemory<double>> Samples(string id, OperatorSpec spec)
    {
        using SqliteConnection connection = database.Open();
        return
        [
            .. connection
                .Query<MeasurementRow>(
                    "SELECT pass, key, entry, samples, checksum FROM measurement WHERE job_id = @id AND key = @key AND samples IS NOT "
                        + "NULL ORDER BY pass",
                    new { id, key = spec.ToString() }
                )
                .Select(row => row.Session(id, out _)?.SamplesMs ?? default)
                .Where(session => session.Length > 0),
        ];
    }

    /// <summary>The measurements of a job.</summary>
    public IJobLog Log(string id) => new StoredJobLog(database, id, logger);

    private List<StoredJob> Query(string where, object? values = null, string limit = "")
    {
        using SqliteConnection connection = database.Open();
        return [.. connection.Query<Row>($"{Columns} {where} ORDER BY seq DESC {limit}", values).Select(Read).OfType<StoredJob>()];
    }

    private StoredJob Add(
        SqliteConnection connection,
        SqliteTransaction transaction,
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
            "INSERT INTO job (id, space, settings, identity, state, table_id, created, updated, seq, raw, owner, sessions) VALUES (@Id, "
                + "@space, @settings, @identity, @state, @tableId, @now, @now, @seq, @raw, @owner, @sessions)",
            new
            {
                job.Id,
                space = LatencyTableJson.SerializeSpace(space),
                settings = JsonSerializer.Serialize(settings),
                identity = JsonSerializer.Serialize(identity),
                state = NameOf(state),
                tableId,
                now = Text(now),
                seq = Sequence.Next(connection, transaction),
                // One that comes with its table measured nothing that is kept: it must not push out the samples of others.
                raw = state != JobState.Done,
                owner,
                sessions,
            },
            transaction
        );
        return job;
    }

    private bool Update(
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
        ) > 0;

    private StoredJob? Read(Row row)
    {
        try
        {
            var job = new StoredJob(
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
                // A damaged one is nobody's wish.
                Quiet = row.quiet_seconds is >= 0 and <= MostQuietSeconds and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            return unwritten.TryGetValue(job.Id, out var end) ? job with { State = end.State, Message = end.Message } : job;
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
        long? sessions,
        double? quiet_seconds
    );
}
