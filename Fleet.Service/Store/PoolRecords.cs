using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>The kinds of devices.</summary>
internal sealed class PoolRecords(FleetDatabase database)
{
    private const string Columns = "id, name, kind, reference";

    public async Task<PoolRow> PoolOfAsync(TableIdentity kind, string name, CancellationToken cancellation)
    {
        string text = StoreText.Of(kind),
            id = StoreText.IdOf(text);
        // Mostly it is there.
        if (await PoolAsync(id, cancellation) is { } found)
            return found;
        return await database.WriteAsync(
            async turn =>
            {
                await turn.DoAsync(
                    "INSERT INTO pool (id, name, kind, seq) VALUES (@id, @name, @text, @seq) ON CONFLICT (id) DO NOTHING",
                    new
                    {
                        id,
                        name = StoreText.Clean(name),
                        text,
                        seq = await turn.NextAsync(),
                    }
                );
                return await FindAsync(turn, id) ?? throw new InvalidOperationException($"The pool {id} is not there.");
            },
            cancellation
        );
    }

    public Task<PoolRow?> PoolAsync(string id, CancellationToken cancellation) =>
        database.ReadAsync(turn => FindAsync(turn, id), cancellation);

    public Task<IReadOnlyList<PoolRow>> PoolsAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<PoolRow>>(
            async turn => [.. (await turn.RowsAsync<Line>($"SELECT {Columns} FROM pool ORDER BY seq")).Select(Read)],
            cancellation
        );

    public Task<string> SetReferenceAsync(string pool, string device, string? expected, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                await turn.DoAsync(
                    "UPDATE pool SET reference = @device WHERE id = @pool AND (reference IS NULL OR reference = @expected)",
                    new
                    {
                        pool,
                        device,
                        expected = expected ?? "",
                    }
                );
                return await turn.FirstAsync<string>("SELECT reference FROM pool WHERE id = @pool", new { pool })
                    ?? throw new InvalidOperationException($"There is no pool {pool}.");
            },
            cancellation
        );

    public Task<bool> ReplaceReferenceAsync(string pool, string device, string expected, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                await turn.DoAsync(
                    """
                    UPDATE pool SET reference = @device WHERE id = @pool AND reference = @expected
                        AND NOT EXISTS (SELECT 1 FROM latency_table t WHERE t.pool = @pool)
                        AND NOT EXISTS (
                            SELECT 1 FROM item i JOIN job j ON j.id = i.job
                            WHERE j.pool = @pool AND (i.entry IS NOT NULL OR i.holder = @expected)
                        )
                        AND NOT EXISTS (SELECT 1 FROM verdict v JOIN device d ON d.id = v.device WHERE d.pool = @pool)
                    """,
                    new
                    {
                        pool,
                        device,
                        expected,
                    }
                );
                return (await FindAsync(turn, pool))?.Reference == device;
            },
            cancellation
        );

    public Task<bool> ReferAsync(string pool, string device, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                // Jobs first, in order, as whoever keeps results does.
                IReadOnlyList<string> jobs = await turn.RowsAsync<string>(
                    $"SELECT id FROM job WHERE pool = @pool AND state <> 'done' ORDER BY id{turn.Dialect.ForUpdate}",
                    new { pool }
                );
                int changed = await turn.DoAsync(
                    """
                    UPDATE pool SET reference = @device WHERE id = @pool AND (reference IS NULL OR reference <> @device)
                        AND EXISTS (SELECT 1 FROM device d WHERE d.id = @device AND d.pool = @pool)
                    """,
                    new { pool, device }
                );
                if (changed == 0)
                    return false;
                await turn.DoAsync("DELETE FROM verdict WHERE device IN (SELECT id FROM device WHERE pool = @pool)", new { pool });
                foreach (string job in jobs)
                    await JobRecords.ForgetAsync(turn, job);
                return true;
            },
            cancellation
        );

    private static async Task<PoolRow?> FindAsync(StoreTurn turn, string id) =>
        await turn.FirstAsync<Line>($"SELECT {Columns} FROM pool WHERE id = @id", new { id }) is { } line ? Read(line) : null;

    private static PoolRow Read(Line line) => new(line.id, line.name, StoreText.Parse<TableIdentity>(line.kind), line.reference);

    // Named as the columns are.
    private sealed record Line(string id, string name, string kind, string? reference);
}
