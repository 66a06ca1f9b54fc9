using Dapper;
using FasterSeg.Profiler.Service.Measuring;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A job's measurements in the database. What is not as it was written counts as not measured.</summary>
internal sealed class StoredJobLog(ProfilerDatabase database, string job, ILogger logger) : IJobLog
{
    public IReadOnlyList<OperatorSession> Sessions(int round)
    {
        using SqliteConnection connection = database.Open();
        var sessions = new List<OperatorSession>();
        foreach (
            MeasurementRow row in connection.Query<MeasurementRow>(
                "SELECT pass, key, entry, samples, checksum FROM measurement WHERE job_id = @job AND pass = @round",
                new { job, round }
            )
        )
        {
            if (row.Session(job, out string? fault) is { } session)
                sessions.Add(session);
            else
                logger.LogError("A measurement is damaged and will be repeated: {Reason}", fault);
        }
        return sessions;
    }

    public IReadOnlyList<SentinelReading> Readings(int round)
    {
        using SqliteConnection connection = database.Open();
        var readings = new List<SentinelReading>();
        foreach (
            ReadingRow row in connection.Query<ReadingRow>(
                "SELECT position, median_ms, memory_ms, arithmetic_ms, busy, checksum FROM sentinel_reading WHERE job_id = @job AND "
                    + "pass = @round ORDER BY position, rowid",
                new { job, round }
            )
        )
        {
            if (
                RowChecksum.Holds(
                    row.checksum,
                    RowChecksum.Of(job, round, (int)row.position, row.median_ms, row.memory_ms, row.arithmetic_ms, row.busy)
                )
                && MeasurementRow.IsTime(row.median_ms)
                && row.position >= 0
            )
                readings.Add(new((int)row.position, row.median_ms, new(row.memory_ms, row.arithmetic_ms, row.busy)));
            else
                logger.LogError("A reading of the sentinel of job {Job} is damaged and left out", job);
        }
        return readings;
    }

    public void Add(int round, OperatorSession session)
    {
        var row = MeasurementRow.Of(job, round, session);
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO measurement (job_id, pass, key, entry, samples, checksum) VALUES (@job, @pass, @key, @entry, @samples, "
                + "@checksum) ON CONFLICT DO UPDATE SET entry = excluded.entry, samples = excluded.samples, checksum = excluded.checksum",
            new
            {
                job,
                row.pass,
                row.key,
                row.entry,
                row.samples,
                row.checksum,
            }
        );
    }

    public void Add(int round, SentinelReading reading)
    {
        (int position, double medianMs, HostPace host) = reading;
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO sentinel_reading (job_id, pass, position, median_ms, memory_ms, arithmetic_ms, busy, checksum) VALUES (@job, "
                + "@round, @position, @medianMs, @MemoryMs, @ArithmeticMs, @Busy, @checksum)",
            new
            {
                job,
                round,
                position,
                medianMs,
                host.MemoryMs,
                host.ArithmeticMs,
                host.Busy,
                checksum = RowChecksum.Of(job, round, position, medianMs, host.MemoryMs, host.ArithmeticMs, host.Busy),
            }
        );
    }

    public IReadOnlyList<NetworkVisit> Visits()
    {
        using SqliteConnection connection = database.Open();
        var visits = new List<NetworkVisit>();
        foreach (
            VisitRow row in connection.Query<VisitRow>(
                "SELECT pass, number, network, median_ms, drift, seconds, checksum FROM network_visit WHERE job_id = @job "
                    + "ORDER BY pass, rowid",
                new { job }
            )
        )
        {
            var visit = new NetworkVisit((int)row.pass, (int)row.number, row.network, row.median_ms, row.drift, row.seconds);
            if (row.checksum.AsSpan().SequenceEqual(ChecksumOf(visit)) && MeasurementRow.IsTime(visit.MedianMs))
                visits.Add(visit);
            else
                logger.LogError("A network's measurement of job {Job} is damaged and will be repeated", job);
        }
        return visits;
    }

    public void Add(NetworkVisit visit)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT OR REPLACE INTO network_visit (job_id, pass, number, network, median_ms, drift, seconds, checksum) VALUES (@job, "
                + "@Pass, @Number, @Network, @MedianMs, @Drift, @Seconds, @checksum)",
            new
            {
                job,
                visit.Pass,
                visit.Number,
                visit.Network,
                visit.MedianMs,
                visit.Drift,
                visit.Seconds,
                checksum = ChecksumOf(visit),
            }
        );
    }

    private byte[] ChecksumOf(NetworkVisit visit) =>
        RowChecksum.Of(
            job,
            visit.Pass,
            visit.Network,
            FormattableString.Invariant($"{visit.Number} {visit.MedianMs:R} {visit.Drift:R} {visit.Seconds:R}"),
            []
        );

    public void Note(JobEvent what)
    {
        using SqliteConnection connection = database.Open();
        connection.Execute(
            "INSERT INTO job_event (job_id, what, times) VALUES (@job, @what, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            new { job, what = what.ToString() }
        );
    }

    public IReadOnlyDictionary<JobEvent, int> Events()
    {
        using SqliteConnection connection = database.Open();
        return connection
            .Query<(string What, long Times)>("SELECT what, times FROM job_event WHERE job_id = @job", new { job })
            .Where(row => Enum.IsDefined(typeof(JobEvent), row.What))
            .ToDictionary(row => Enum.Parse<JobEvent>(row.What), row => (int)row.Times);
    }

    // Named as the columns are.
    private sealed record VisitRow(
        long pass,
        long number,
        string network,
        double median_ms,
        double? drift,
        double seconds,
        byte[] checksum
    );

    // Named as the columns are.
    private sealed record ReadingRow(
        long position,
        double median_ms,
        double? memory_ms,
        double? arithmetic_ms,
        double? busy,
        byte[]? checksum
    );
}
