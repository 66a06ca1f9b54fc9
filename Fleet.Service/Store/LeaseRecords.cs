namespace FasterSeg.Fleet.Service.Store;

/// <summary>Who has which items in hand.</summary>
internal sealed class LeaseRecords(FleetDatabase database)
{
    public Task<IReadOnlyList<Lease?>> TakeAsync(IReadOnlyList<Wanted> wanted, CancellationToken cancellation) =>
        wanted.All(each => each.Most <= 0)
            ? Task.FromResult<IReadOnlyList<Lease?>>(new Lease?[wanted.Count])
            : database.WriteAsync<IReadOnlyList<Lease?>>(
                async turn =>
                {
                    var leases = new Lease?[wanted.Count];
                    HashSet<string> running = [.. await HeldAsync(turn, [.. wanted.Select(each => each.Job).Distinct()])];
                    int[] which = [.. Enumerable.Range(0, wanted.Count).Where(i => wanted[i].Most > 0 && running.Contains(wanted[i].Job))];
                    IReadOnlyList<long> tokens = await turn.NextAsync(which.Length);
                    IReadOnlyList<IReadOnlyList<(long Position, string Key)>> taken = await turn.Dialect.TakeAsync(
                        turn,
                        [.. which.Select((i, n) => (wanted[i], tokens[n]))]
                    );
                    ILookup<(string, long), string> failures = await FailuresAsync(turn, running);
                    for (int n = 0; n < which.Length; n++)
                    {
                        (string job, string device, _) = wanted[which[n]];
                        if (taken[n].Count > 0)
                            leases[which[n]] = new(tokens[n], job, device, [.. taken[n].Select(item => ItemOf(job, item, failures))]);
                    }
                    return leases;
                },
                cancellation
            );

    public Task<IReadOnlyList<long>> HeldAsync(IReadOnlyCollection<long> tokens, CancellationToken cancellation) =>
        database.ReadAsync(
            turn =>
                turn.RowsAsync<long>(
                    $"SELECT DISTINCT token FROM item WHERE token IS NOT NULL AND {turn.Dialect.Any("token", "@tokens")}",
                    new { tokens = tokens.ToArray() }
                ),
            cancellation
        );

    private static ItemKey ItemOf(string job, (long Position, string Key) item, ILookup<(string, long), string> failures) =>
        new((int)item.Position, item.Key, failures.Contains((job, item.Position)) ? [.. failures[(job, item.Position)]] : null);

    private static async Task<ILookup<(string, long), string>> FailuresAsync(StoreTurn turn, IReadOnlyCollection<string> jobs) =>
        (
            jobs.Count == 0
                ? []
                : await turn.RowsAsync<(string Job, long Position, string Device)>(
                    $"""
                    SELECT job, position, device FROM item_failure WHERE {turn.Dialect.Any("job", "@jobs")}
                    ORDER BY job, position, device
                    """,
                    new { jobs = jobs.ToArray() }
                )
        ).ToLookup(each => (each.Job, each.Position), each => each.Device);

    public Task<IReadOnlyList<Lease>> LeasesAsync(string pool, IReadOnlyCollection<string>? devices, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Lease>>(
            async turn =>
            {
                string of = devices is null ? "" : $" AND {turn.Dialect.Any("i.holder", "@ids")}";
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>(
                    $"""
                    SELECT i.token, i.job, i.holder, i.position, i.key FROM item i JOIN job j ON j.id = i.job
                    WHERE j.pool = @pool AND j.state = 'running' AND i.token IS NOT NULL{of}
                    ORDER BY i.token, i.position
                    """,
                    new { pool, ids = devices?.ToArray() }
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
                if (await HeldAsync(turn, [result.Job]) is [])
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

    /// <summary>Those of these jobs that run; they do not end before the transaction does.</summary>
    private static Task<IReadOnlyList<string>> HeldAsync(StoreTurn turn, string[] jobs) =>
        turn.RowsAsync<string>(
            $"SELECT id FROM job WHERE {turn.Dialect.Any("id", "@jobs")} AND state = 'running' ORDER BY id{turn.Dialect.ForShare}",
            new { jobs }
        );

    // Named as the columns are.
    private sealed record Line(long token, string job, string holder, long position, string key);
}
