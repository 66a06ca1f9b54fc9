using System.Globalization;
using System.Text.Json;
using Dapper;
using FasterSeg.Operators;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The jobs and each of their measurements, as they come: what a job has measured is never measured again.</summary>
public sealed class JobStore(ProfilerDatabase database, TimeProvider time, ILogger<JobStore> logger)
{
    private const string Columns = "SELECT id, space, settings, identity, state, message, table_id, created, updated FROM job";

    /// <summary>Remembers a new job, which is running.</summary>
    public StoredJob Add(SearchSpace space, MeasurementSettings settings, TableIdentity identity) =>
        Add(space, settings, identity, JobState.Running, tableId: null);

    /// <summary>Remembers how a table came about that no job built, such as a refreshed one.</summary>
    public void AddFinished(SearchSpace space, MeasurementSettings settings, StoredTable stored) =>
        Add(space, settings, stored.Table.Identity, JobState.Done, stored.Id);

    private StoredJob Add(SearchSpace space, MeasurementSettings settings, TableIdentity identity, JobState state, string? tableId)
    {
        DateTimeOffset now = time.GetUtcNow();
        var job = new StoredJob(Guid.NewGuid().ToString("N")[..12], space, settings, identity, state, "", tableId, now, now);
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO job (id, space, settings, identity, state, table_id, created, updated) VALUES (@Id, @space, @settings, @identity, @state, @tableId, @now, @now)",
            new
            {
                job.Id,
                space = LatencyTableJson.SerializeSpace(space),
                settings = JsonSerializer.Serialize(settings),
                identity = JsonSerializer.Serialize(identity),
                state = NameOf(state),
                tableId,
                now = Text(now),
            });
        return job;
    }

    /// <summary>The newest job of this space and these settings that has no table yet, or null.</summary>
    public StoredJob? FindUnfinished(SearchSpace space, MeasurementSettings settings, TableIdentity identity) =>
        List().FirstOrDefault(job => job.State != JobState.Done && job.Space.Equals(space) && job.Settings == settings && job.Identity == identity);

    /// <summary>All jobs, the newest first.</summary>
    public IReadOnlyList<StoredJob> List()
    {
        using SqliteConnection connection = database.Open();
        return [.. connection.Query<Row>(Columns + " ORDER BY created DESC, rowid DESC").Select(Read).OfType<StoredJob>()];
    }

    /// <summary>The job of this id, or null.</summary>
    public StoredJob? Find(string id)
    {
        using SqliteConnection connection = database.Open();
        return connection.QuerySingleOrDefault<Row>(Columns + " WHERE id = @id", new { id }) is { } row ? Read(row) : null;
    }

    /// <summary>How many operators the job's first pass has measured.</summary>
    public int Measured(string id)
    {
        using SqliteConnection connection = database.Open();
        return connection.ExecuteScalar<int>("SELECT count(*) FROM measurement WHERE job_id = @id AND pass = 0", new { id });
    }

    /// <summary>Notes a job's new state.</summary>
    public void Update(string id, JobState state, string message = "", string? tableId = null)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute("UPDATE job SET state = @state, message = @message, table_id = @tableId, updated = @now WHERE id = @id",
            new { id, state = NameOf(state), message, tableId, now = Text(time.GetUtcNow()) });
    }

    /// <summary>The measurements of a job.</summary>
    public IJobLog Log(string id) => new StoredJobLog(database, id, logger);

    private StoredJob? Read(Row row)
    {
        try
        {
            return new(row.id, LatencyTableJson.ParseSpace(row.space, "job " + row.id), Parse<MeasurementSettings>(row.settings),
                Parse<TableIdentity>(row.identity), Enum.Parse<JobState>(row.state, ignoreCase: true), row.message, row.table_id,
                Time(row.created), Time(row.updated));
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
    private sealed record Row(string id, string space, string settings, string identity, string state, string message, string? table_id, string created, string updated);
}
