using Dapper;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A job's measurements in the database. An entry that cannot be read counts as not measured.</summary>
internal sealed class StoredJobLog(ProfilerDatabase database, string job, ILogger logger) : IJobLog
{
    public IReadOnlyList<OperatorSession> Sessions(int round)
    {
        using SqliteConnection connection = database.Open();
        var sessions = new List<OperatorSession>();
        foreach (
            (string json, byte[]? samples) in connection.Query<(string, byte[]?)>(
                "SELECT entry, samples FROM measurement WHERE job_id = @job AND pass = @round",
                new { job, round }
            )
        )
        {
            try
            {
                LatencyEntry entry = LatencyTableJson.ParseEntry(json, "job " + job);
                if (entry.Failure is not null || samples is { Length: > 0 })
                    sessions.Add(new(entry, SampleBytes.Read(samples)));
            }
            catch (UserErrorException fault)
            {
                logger.LogError("A measurement is damaged and will be repeated: {Reason}", fault.Message);
            }
        }
        return sessions;
    }

    public IReadOnlyList<SentinelReading> Readings(int round)
    {
        using SqliteConnection connection = database.Open();
        return
        [
            .. connection
                .Query<(long Position, double MedianMs)>(
                    "SELECT position, median_ms FROM sentinel_reading WHERE job_id = @job AND pass = @round ORDER BY position, rowid",
                    new { job, round }
                )
                .Select(row => new SentinelReading((int)row.Position, row.MedianMs)),
        ];
    }

    public void Add(int round, OperatorSession session)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO measurement (job_id, pass, key, entry, samples) VALUES (@job, @round, @key, @json, @samples) ON "
                + "CONFLICT DO UPDATE SET entry = excluded.entry, samples = excluded.samples",
            new
            {
                job,
                round,
                key = session.Entry.Spec.ToString(),
                json = LatencyTableJson.SerializeEntry(session.Entry),
                samples = SampleBytes.Write(session.SamplesMs.Span),
            }
        );
    }

    public void Add(int round, SentinelReading reading)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO sentinel_reading (job_id, pass, position, median_ms) VALUES (@job, @round, @Position, @MedianMs)",
            new
            {
                job,
                round,
                reading.Position,
                reading.MedianMs,
            }
        );
    }
}
