namespace FasterSeg.Fleet.Service.Store;

/// <summary>Who has which items in hand.</summary>
internal sealed class LeaseRecords(FleetDatabase database)
{
    public Task<Lease?> TakeAsync(string job, string device, int most, CancellationToken cancellation) =>
        most <= 0
            ? Task.FromResult<Lease?>(null)
            : database.WriteAsync(
                async turn =>
                {
                    if (await HeldAsync(turn, job) is null)
                        return null;
                    long token = await turn.NextAsync();
                    // Materialized: picked once, however the rows are then found.
                    IReadOnlyList<(long Position, string Key)> taken = await turn.RowsAsync<(long, string)>(
                        $"""
                        WITH picked AS MATERIALIZED (
                            SELECT i.position FROM item i
                            WHERE i.job = @job AND i.entry IS NULL AND i.token IS NULL
                            ORDER BY CASE WHEN EXISTS (
                                SELECT 1 FROM item_failure f WHERE f.job = i.job AND f.position = i.position AND f.device = @device
                            ) THEN 1 ELSE 0 END, i.position
                            LIMIT @most{turn.Dialect.SkipLocked}
                        )
                        UPDATE item SET token = @token, holder = @device
                        WHERE job = @job AND position IN (SELECT position FROM picked)
                        RETURNING position, key
                        """,
                        new
                        {
                            job,
                            device,
                            token,
                            most = (long)most,
                        }
                    );
                    if (taken.Count == 0)
                        return null;
                    ILookup<long, string> failures = await FailuresAsync(turn, job);
                    return new Lease(
                        token,
                        job,
                        device,
                        [
                            .. taken
                                .OrderBy(item => item.Position)
                                .Select(item => new ItemKey(
                                    (int)item.Position,
                                    item.Key,
                                    failures.Contains(item.Position) ? [.. failures[item.Position]] : null
                                )),
                        ]
                    );
                },
                cancellation
            );

    private static async Task<ILookup<long, string>> FailuresAsync(StoreTurn turn, string job) =>
        (
            await turn.RowsAsync<(long Position, string Device)>(
                "SELECT position, device FROM item_failure WHERE job = @job ORDER BY position, device",
                new { job }
            )
        ).ToLookup(each => each.Position, each => each.Device);

    public Task<IReadOnlyList<Lease>> LeasesAsync(string pool, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Lease>>(
            async turn =>
            {
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>(
                    """
                    SELECT i.token, i.job, i.holder, i.position, i.key FROM item i JOIN job j ON j.id = i.job
                    WHERE j.pool = @pool AND j.state = 'running' AND i.token IS NOT NULL ORDER BY i.token, i.position
                    """,
                    new { pool }
                );
                return
                [
                    .. lines
                        .GroupBy(line => (line.token, line.job, line.holder))
                        .Select(lease => new Lease(
                            lease.Key.token,
                            lease.Key.job,
                            lease.Key.holder,
                            [.. lease.Select(line => new ItemKey((int)line.position, line.key))]
                        )),
                ];
            },
            cancellation
        );

    public Task<int> ReleaseAsync(long token, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                await turn.RowsAsync<string>(
                    $"SELECT id FROM job WHERE id IN (SELECT job FROM item WHERE token = @token){turn.Dialect.ForShare}",
                    new { token }
                );
                return await turn.DoAsync(
                    $"""
                    UPDATE item SET token = NULL, holder = NULL WHERE token = @token AND (job, position) IN (
                        SELECT job, position FROM item WHERE token = @token ORDER BY job, position{turn.Dialect.ForUpdate}
                    )
                    """,
                    new { token }
                );
            },
            cancellation
        );

    public Task<IReadOnlyList<string>> FailedAtAsync(ItemResult result, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async turn =>
            {
                var failure = new
                {
                    result.Job,
                    result.Position,
                    result.Device,
                    result.Token,
                };
                if (await HeldAsync(turn, result.Job) is null)
                    return [];
                int given = await turn.DoAsync(
                    "UPDATE item SET token = NULL, holder = NULL WHERE job = @Job AND position = @Position AND token = @Token",
                    failure
                );
                if (given > 0)
                    await turn.DoAsync(
                        """
                        INSERT INTO item_failure (job, position, device, token) VALUES (@Job, @Position, @Device, @Token)
                        ON CONFLICT (job, position, device) DO UPDATE SET token = excluded.token
                        """,
                        failure
                    );
                // One whose answer was lost is told again.
                IReadOnlyList<(string Device, long Token)> failures = await turn.RowsAsync<(string, long)>(
                    "SELECT device, token FROM item_failure WHERE job = @Job AND position = @Position ORDER BY token",
                    failure
                );
                return failures.Contains((result.Device, result.Token)) ? [.. failures.Select(other => other.Device)] : [];
            },
            cancellation
        );

    /// <summary>A running job, which does not end before the transaction does; null where it does not run.</summary>
    private static Task<string?> HeldAsync(StoreTurn turn, string job) =>
        turn.FirstAsync<string>($"SELECT id FROM job WHERE id = @job AND state = 'running'{turn.Dialect.ForShare}", new { job });

    // Named as the columns are.
    private sealed record Line(long token, string job, string holder, long position, string key);
}
