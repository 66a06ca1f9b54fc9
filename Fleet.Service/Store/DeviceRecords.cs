using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>Pools and their devices.</summary>
internal sealed class DeviceRecords(FleetDatabase database, TimeProvider time)
{
    private const string PoolColumns = "id, name, kind, reference";
    private const string Columns = "id, pool, uuid, hello, wish, strikes, aside, first_seen, last_seen";

    public async Task<PoolRow> PoolOfAsync(TableIdentity kind, string name, CancellationToken cancellation)
    {
        string text = StoreText.Of(kind),
            id = StoreText.IdOf(text);
        // Mostly it is there.
        if (await database.ReadAsync(FindAsync, cancellation) is { } found)
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
                return await FindAsync(turn) ?? throw new InvalidOperationException($"The pool {id} is not there.");
            },
            cancellation
        );

        async Task<PoolRow?> FindAsync(StoreTurn turn) =>
            await turn.FirstAsync<PoolLine>($"SELECT {PoolColumns} FROM pool WHERE id = @id", new { id }) is { } line ? Read(line) : null;
    }

    public Task<IReadOnlyList<PoolRow>> PoolsAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<PoolRow>>(
            async turn => [.. (await turn.RowsAsync<PoolLine>($"SELECT {PoolColumns} FROM pool ORDER BY seq")).Select(Read)],
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

    public Task<DeviceRow?> JoinAsync(string id, string pool, string uuid, string hello, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
                await turn.FirstAsync<Line>(
                    $"""
                    INSERT INTO device (id, pool, uuid, hello, wish, first_seen, last_seen)
                    VALUES (@id, @pool, @uuid, @hello, @wish, @now, @now)
                    ON CONFLICT (id) DO UPDATE SET hello = excluded.hello, last_seen = excluded.last_seen
                    WHERE device.pool = excluded.pool AND device.uuid = excluded.uuid
                    RETURNING {Columns}
                    """,
                    new
                    {
                        id,
                        pool,
                        uuid,
                        hello = StoreText.Clean(hello),
                        wish = StoreText.Of(DeviceWish.InService),
                        now = StoreText.Of(time.GetUtcNow()),
                    }
                )
                    is { } line
                    ? Read(line)
                    : null,
            cancellation
        );

    public Task SeenAsync(IReadOnlyCollection<string> devices, CancellationToken cancellation) =>
        devices.Count == 0
            ? Task.CompletedTask
            : database.WriteAsync(
                // A row that somebody else changes at this moment tells as much.
                turn =>
                    turn.DoAsync(
                        $"""
                        UPDATE device SET last_seen = @now
                        WHERE id IN (SELECT id FROM device WHERE {turn.Dialect.Any("id", "@ids")} ORDER BY id{turn.Dialect.SkipLocked})
                        """,
                        new { now = StoreText.Of(time.GetUtcNow()), ids = devices.ToArray() }
                    ),
                cancellation
            );

    public Task<DeviceRow?> DeviceAsync(string id, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn =>
                await turn.FirstAsync<Line>($"SELECT {Columns} FROM device WHERE id = @id", new { id }) is { } line ? Read(line) : null,
            cancellation
        );

    public Task<IReadOnlyList<DeviceRow>> DevicesAsync(string? pool, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<DeviceRow>>(
            async turn =>
            {
                string where = pool is null ? "" : "WHERE pool = @pool";
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>($"SELECT {Columns} FROM device {where}", new { pool });
                // Here, not there: servers sort texts each in their own language.
                return [.. lines.Select(Read).OrderBy(device => device.Id, StringComparer.Ordinal)];
            },
            cancellation
        );

    public Task<bool> WishAsync(string id, DeviceWish wish, bool absolve, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                if (await turn.DoAsync("UPDATE device SET wish = @wish WHERE id = @id", new { id, wish = StoreText.Of(wish) }) == 0)
                    return false;
                if (absolve)
                {
                    await turn.DoAsync("UPDATE device SET strikes = 0, aside = NULL WHERE id = @id", new { id });
                    await turn.DoAsync("DELETE FROM calibration WHERE device = @id", new { id });
                    await turn.DoAsync("DELETE FROM verdict WHERE device = @id", new { id });
                }
                return true;
            },
            cancellation
        );

    public Task<DeviceRow> StrikeAsync(string id, int most, string reason, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
                await turn.FirstAsync<Line>(
                    $"""
                    UPDATE device SET strikes = strikes + 1, aside = CASE WHEN strikes + 1 >= @most THEN @reason ELSE aside END
                    WHERE id = @id RETURNING {Columns}
                    """,
                    new
                    {
                        id,
                        most = (long)most,
                        reason = StoreText.Clean(reason),
                    }
                )
                    is { } line
                    ? Read(line)
                    : throw new InvalidOperationException($"There is no device {id}."),
            cancellation
        );

    private static PoolRow Read(PoolLine line) => new(line.id, line.name, StoreText.Parse<TableIdentity>(line.kind), line.reference);

    private static DeviceRow Read(Line line) =>
        new(
            line.id,
            line.pool,
            line.uuid,
            line.hello,
            StoreText.Named<DeviceWish>(line.wish),
            (int)line.strikes,
            line.aside,
            StoreText.Time(line.first_seen),
            StoreText.Time(line.last_seen)
        );

    // Named as the columns are.
    private sealed record PoolLine(string id, string name, string kind, string? reference);

    private sealed record Line(
        string id,
        string pool,
        string uuid,
        string hello,
        string wish,
        long strikes,
        string? aside,
        string first_seen,
        string last_seen
    );
}
