using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>Jobs, from when they are asked for until they end without a table.</summary>
internal sealed class JobRecords(FleetDatabase database, TimeProvider time)
{
    public Task<(JobRow Job, bool IsNew)> AddAsync(NewJob job, IReadOnlyList<string> keys, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                string likeness = JobLine.LikenessOf(job.Pool, job.Kind, job.Space, job.Settings);
                if (job.Kind == JobKind.Table)
                {
                    await turn.Dialect.LockAsync(turn, StoreText.LockOf(likeness));
                    if (await RunningAsync(turn, likeness) is { } running)
                        return (running, false);
                }
                string id = StoreText.NewId();
                await turn.DoAsync(
                    """
                    INSERT INTO job (id, pool, kind, space, settings, likeness, owner, priority, source, state, total, created, updated,
                        seq)
                    VALUES (@id, @Pool, @kind, @space, @settings, @likeness, @owner, @Priority, @Source, 'running', @total, @now, @now,
                        @seq)
                    """,
                    new
                    {
                        id,
                        job.Pool,
                        kind = StoreText.Of(job.Kind),
                        space = StoreText.Of(job.Space),
                        settings = StoreText.Of(job.Settings),
                        likeness,
                        owner = StoreText.Clean(job.Owner),
                        job.Priority,
                        job.Source,
                        total = keys.Count,
                        now = StoreText.Of(time.GetUtcNow()),
                        seq = await turn.NextAsync(),
                    }
                );
                if (keys.Count > 0)
                    await turn.Dialect.AddItemsAsync(turn, id, keys);
                return (await FindAsync(turn, id) ?? throw new InvalidOperationException($"The job {id} is not there."), true);
            },
            cancellation
        );

    public Task<JobRow?> ResumeAsync(
        string pool,
        SearchSpace space,
        MeasurementSettings settings,
        bool anew,
        CancellationToken cancellation
    ) =>
        database.WriteAsync(
            async turn =>
            {
                string likeness = JobLine.LikenessOf(pool, JobKind.Table, space, settings);
                await turn.Dialect.LockAsync(turn, StoreText.LockOf(likeness));
                // Perhaps made so by this very call, whose answer was lost.
                if (await RunningAsync(turn, likeness) is { } running)
                    return running;
                JobLine? ended = await turn.FirstAsync<JobLine>(
                    $"""
                    SELECT {JobLine.Columns} FROM job j
                    WHERE likeness = @likeness AND state IN ('failed', 'cancelled') ORDER BY seq DESC LIMIT 1{turn.Dialect.ForUpdate}
                    """,
                    new { likeness }
                );
                if (ended is null)
                    return null;
                if (anew)
                    await ForgetAsync(turn, ended.id);
                await turn.DoAsync(
                    "UPDATE job SET state = 'running', message = '', updated = @now WHERE id = @id",
                    new { ended.id, now = StoreText.Of(time.GetUtcNow()) }
                );
                return await FindAsync(turn, ended.id);
            },
            cancellation
        );

    public Task<JobRow?> JobAsync(string id, CancellationToken cancellation) =>
        database.ReadAsync(turn => FindAsync(turn, id), cancellation);

    public Task<JobRow?> OfTableAsync(string table, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn =>
                (
                    await turn.FirstAsync<JobLine>(
                        $"SELECT {JobLine.Columns} FROM job j WHERE j.table_id = @table ORDER BY seq DESC LIMIT 1",
                        new { table }
                    )
                )?.Read(),
            cancellation
        );

    public Task<IReadOnlyList<JobRow>> JobsAsync(string pool, string? behind, int most, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<JobRow>>(
            async turn =>
            {
                string beyond = behind is null ? "" : "AND seq < (SELECT b.seq FROM job b WHERE b.id = @behind)";
                IReadOnlyList<JobLine> lines = await turn.RowsAsync<JobLine>(
                    $"SELECT {JobLine.Columns} FROM job j WHERE pool = @pool AND space IS NOT NULL {beyond} ORDER BY seq DESC LIMIT @most",
                    new
                    {
                        pool,
                        behind,
                        most = (long)most,
                    }
                );
                return [.. lines.Select(line => line.Read())];
            },
            cancellation
        );

    public Task<IReadOnlyList<JobLoad>> RunningAsync(string pool, CancellationToken cancellation) =>
        LoadsAsync("pool = @pool AND state = 'running'", new { pool }, cancellation);

    public async Task<JobLoad?> LoadAsync(string job, CancellationToken cancellation) =>
        await LoadsAsync("id = @job", new { job }, cancellation) is [var load, ..] ? load : null;

    public Task<bool> EndAsync(string job, FleetJobState state, string message, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                // Its row is this transaction's from here on: whoever changes an item holds it, too.
                int ended = await turn.DoAsync(
                    "UPDATE job SET state = @state, message = @message, updated = @now WHERE id = @job AND state = 'running'",
                    new
                    {
                        job,
                        state = StoreText.Of(state),
                        message = StoreText.Clean(message),
                        now = StoreText.Of(time.GetUtcNow()),
                    }
                );
                if (ended == 0)
                    return false;
                await turn.DoAsync("UPDATE item SET token = NULL, holder = NULL WHERE job = @job AND token IS NOT NULL", new { job });
                return true;
            },
            cancellation
        );

    /// <summary>Forgets what a job has measured.</summary>
    /// <param name="turn">The transaction, which holds the job.</param>
    /// <param name="job">The job.</param>
    public static async Task ForgetAsync(StoreTurn turn, string job)
    {
        // What was measured before and comes in late is forgotten, too.
        await turn.DoAsync("UPDATE job SET fence = @fence WHERE id = @job", new { job, fence = await turn.NextAsync() });
        await turn.DoAsync(
            """
            UPDATE item SET token = NULL, holder = NULL, filled = NULL, device = NULL, factor = 1, entry = NULL, samples = NULL
            WHERE job = @job
            """,
            new { job }
        );
        await turn.DoAsync("DELETE FROM item_failure WHERE job = @job", new { job });
        await turn.DoAsync("DELETE FROM stint WHERE job = @job", new { job });
    }

    private Task<IReadOnlyList<JobLoad>> LoadsAsync(string where, object values, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<JobLoad>>(
            async turn =>
            {
                IReadOnlyList<JobLine> lines = await turn.RowsAsync<JobLine>(
                    $"SELECT {JobLine.LoadColumns} FROM job j WHERE {where} ORDER BY seq",
                    values
                );
                return [.. lines.Select(line => line.Load())];
            },
            cancellation
        );

    private static async Task<JobRow?> FindAsync(StoreTurn turn, string id) =>
        (await turn.FirstAsync<JobLine>($"SELECT {JobLine.Columns} FROM job j WHERE id = @id", new { id }))?.Read();

    private static async Task<JobRow?> RunningAsync(StoreTurn turn, string likeness) =>
        (
            await turn.FirstAsync<JobLine>(
                $"SELECT {JobLine.Columns} FROM job j WHERE likeness = @likeness AND state = 'running' AND kind = 'table'",
                new { likeness }
            )
        )?.Read();
}
