using Dapper;
using FasterSeg.Operators;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A job's measurements in the database. An entry that cannot be read counts as not measured.</summary>
internal sealed class StoredJobLog(ProfilerDatabase database, string job, ILogger logger) : IJobLog
{
    public IReadOnlyList<LatencyEntry> Entries(int pass)
    {
        using SqliteConnection connection = database.Open();
        var entries = new List<LatencyEntry>();
        foreach (string json in connection.Query<string>("SELECT entry FROM measurement WHERE job_id = @job AND pass = @pass", new { job, pass }))
        {
            try
            {
                entries.Add(LatencyTableJson.ParseEntry(json, "job " + job));
            }
            catch (UserErrorException fault)
            {
                logger.LogError("A measurement is damaged and will be repeated: {Reason}", fault.Message);
            }
        }
        return entries;
    }

    public IReadOnlyList<SentinelReading> Readings(int pass)
    {
        using SqliteConnection connection = database.Open();
        return [.. connection.Query<(long Position, double MedianMs)>(
            "SELECT position, median_ms FROM sentinel_reading WHERE job_id = @job AND pass = @pass ORDER BY position, rowid", new { job, pass })
            .Select(row => new SentinelReading((int)row.Position, row.MedianMs))];
    }

    public void Add(int pass, LatencyEntry entry)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO measurement (job_id, pass, key, entry) VALUES (@job, @pass, @key, @json) ON CONFLICT DO UPDATE SET entry = excluded.entry",
            new { job, pass, key = entry.Spec.ToString(), json = LatencyTableJson.SerializeEntry(entry) });
    }

    public void Add(int pass, SentinelReading reading)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute("INSERT INTO sentinel_reading (job_id, pass, position, median_ms) VALUES (@job, @pass, @Position, @MedianMs)",
            new { job, pass, reading.Position, reading.MedianMs });
    }
}
