namespace FasterSeg.Fleet.Service.Store;

/// <summary>Drops what a policy does not keep, in small transactions: nobody waits long for it, and it may be stopped at any
/// time.</summary>
internal sealed class RetentionRecords(FleetDatabase database, TimeProvider time)
{
    // Of PostgreSQL's advisory locks: nodes drop one after the other.
    private const long Lock = 0x466C656575;

    // What a wrong clock must not take away, as in the profiler's own store.
    private const int Ageless = 10;

    // In one transaction. A job may have megabytes of samples.
    private const int TablesAtOnce = 20,
        JobsAtOnce = 5;

    // The newest of a likeness has place 1, and the one that stands in for it has rank 1: neither goes, whatever their number or age. What
    // a running refresh goes by stays, too.
    private const string OldTables = """
        WITH placed AS (
            SELECT id, seq, created, row_number() OVER (PARTITION BY likeness ORDER BY seq DESC) AS place,
                row_number() OVER (
                    PARTITION BY likeness
                    ORDER BY CASE WHEN loaded IS NULL THEN 0 ELSE 1 END, CASE WHEN failed > 0 THEN 1 ELSE 0 END, seq DESC
                ) AS rank
            FROM latency_table
        )
        SELECT id FROM placed WHERE place > 1 AND rank > 1
            AND NOT EXISTS (SELECT 1 FROM job j WHERE j.state = 'running' AND j.source = placed.id)
            AND (place > @Versions OR (place > @Ageless AND created < @before))
        ORDER BY seq LIMIT @TablesAtOnce
        """;

    // Jobs of a table go with it.
    private const string OldJobs = """
        WITH placed AS (
            SELECT id, seq, updated, row_number() OVER (PARTITION BY likeness ORDER BY seq DESC) AS place
            FROM job WHERE state <> 'running' AND table_id IS NULL
        )
        SELECT id FROM placed WHERE place > @Versions OR (place > @Ageless AND updated < @before)
        ORDER BY seq LIMIT @JobsAtOnce
        """;

    private const string SampledJobs = """
        WITH placed AS (
            SELECT id, seq, sampled, row_number() OVER (PARTITION BY pool ORDER BY seq DESC) AS place FROM job WHERE state = 'done'
        )
        SELECT id FROM placed WHERE sampled = 1 AND place > @SampledJobs ORDER BY seq LIMIT @JobsAtOnce
        """;

    public async Task DropAsync(FleetRetention retention, CancellationToken cancellation)
    {
        var values = new
        {
            retention.Versions,
            retention.SampledJobs,
            Ageless,
            TablesAtOnce,
            JobsAtOnce,
            before = StoreText.Of(time.GetUtcNow() - TimeSpan.FromDays(retention.Days)),
        };
        await RepeatAsync(SampledJobs, values, JobsAtOnce, DropSamplesAsync, cancellation);
        await RepeatAsync(OldJobs, values, JobsAtOnce, DropJobsAsync, cancellation);
        await RepeatAsync(OldTables, values, TablesAtOnce, DropTablesAsync, cancellation);
        await database.WriteAsync(
            // Nobody works on them; their folders stay.
            turn =>
                turn.DoAsync(
                    """
                    DELETE FROM sweep WHERE NOT EXISTS (SELECT 1 FROM chain c WHERE c.sweep = sweep.id AND c.token IS NOT NULL)
                        AND (state = 'withdrawn' OR (updated < @before
                            AND NOT EXISTS (SELECT 1 FROM chain c WHERE c.sweep = sweep.id AND c.state = 'waiting')))
                    """,
                    values
                ),
            cancellation
        );
        await database.WriteAsync(
            // Of uploads that never became a job.
            turn =>
                turn.DoAsync(
                    """
                    DELETE FROM file WHERE created < @before
                        AND NOT EXISTS (SELECT 1 FROM job j WHERE j.state = 'running' AND j.source = file.id)
                    """,
                    values
                ),
            cancellation
        );
    }

    private async Task RepeatAsync(
        string query,
        object values,
        int most,
        Func<StoreTurn, string[], Task> drop,
        CancellationToken cancellation
    )
    {
        int dropped;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            dropped = await database.WriteAsync(
                async turn =>
                {
                    await turn.Dialect.LockAsync(turn, Lock);
                    string[] ids = [.. await turn.RowsAsync<string>(query, values)];
                    if (ids.Length > 0)
                        await drop(turn, ids);
                    return ids.Length;
                },
                cancellation
            );
        } while (dropped == most);
    }

    private static async Task DropSamplesAsync(StoreTurn turn, string[] ids)
    {
        await turn.DoAsync($"UPDATE item SET samples = NULL WHERE {turn.Dialect.Any("job", "@ids")} AND samples IS NOT NULL", new { ids });
        await turn.DoAsync($"DELETE FROM stint WHERE {turn.Dialect.Any("job", "@ids")}", new { ids });
        await turn.DoAsync($"UPDATE job SET sampled = 0 WHERE {turn.Dialect.Any("id", "@ids")}", new { ids });
    }

    private static async Task DropJobsAsync(StoreTurn turn, string[] ids)
    {
        // One may have been made running again since it was found.
        string ended = $"{turn.Dialect.Any("id", "@ids")} AND state <> 'running'";
        await turn.DoAsync(
            $"DELETE FROM file WHERE id IN (SELECT source FROM job WHERE {ended} AND kind = 'model' AND source IS NOT NULL)",
            new { ids }
        );
        await turn.DoAsync($"DELETE FROM job WHERE {ended}", new { ids });
    }

    private static async Task DropTablesAsync(StoreTurn turn, string[] ids)
    {
        await turn.DoAsync($"DELETE FROM job WHERE {turn.Dialect.Any("table_id", "@ids")}", new { ids });
        await turn.DoAsync($"DELETE FROM latency_table WHERE {turn.Dialect.Any("id", "@ids")}", new { ids });
    }
}
