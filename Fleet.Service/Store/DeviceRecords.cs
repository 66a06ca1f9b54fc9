namespace FasterSeg.Fleet.Service.Store;

/// <summary>The devices of all pools.</summary>
internal sealed class DeviceRecords(FleetDatabase database, TimeProvider time)
{
    private const string Columns = "id, pool, uuid, hello, wish, strikes, aside, first_seen, last_seen";

    public Task<DeviceRow?> JoinAsync(string id, string pool, string uuid, string hello, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                // Another driver or runtime makes another kind of it, of which nothing is known yet.
                await CalibrationRecords.ForgetAsync(
                    turn,
                    "device IN (SELECT id FROM device WHERE id = @id AND uuid = @uuid AND pool <> @pool)",
                    new
                    {
                        id,
                        uuid,
                        pool,
                    }
                );
                return
                    await turn.FirstAsync<Line>(
                        $"""
                        INSERT INTO device (id, pool, uuid, hello, wish, first_seen, last_seen)
                        VALUES (@id, @pool, @uuid, @hello, @wish, @now, @now)
                        ON CONFLICT (id) DO UPDATE SET hello = excluded.hello, last_seen = excluded.last_seen, pool = excluded.pool
                        WHERE device.uuid = excluded.uuid
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
                    : null;
            },
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

    public Task<IReadOnlyList<DeviceRow>> DevicesOfAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<DeviceRow>>(
            async turn =>
            {
                string which = turn.Dialect.Any("id", "@ids");
                return
                [
                    .. (await turn.RowsAsync<Line>($"SELECT {Columns} FROM device WHERE {which}", new { ids = ids.ToArray() })).Select(
                        Read
                    ),
                ];
            },
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

    public Task<int> CountAsync(string pool, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn => (int)(await turn.NumberAsync("SELECT COUNT(*) FROM device WHERE pool = @pool", new { pool }) ?? 0),
            cancellation
        );

    public Task<IReadOnlyList<string>> PresentAsync(string pool, DateTimeOffset since, CancellationToken cancellation) =>
        database.ReadAsync(
            turn =>
                turn.RowsAsync<string>(
                    "SELECT id FROM device WHERE pool = @pool AND aside IS NULL AND wish = @wish AND last_seen > @since",
                    new
                    {
                        pool,
                        wish = StoreText.Of(DeviceWish.InService),
                        since = StoreText.Of(since),
                    }
                ),
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
                    await CalibrationRecords.ForgetAsync(turn, "device = @id", new { id });
                }
                return true;
            },
            cancellation
        );

    public Task<IReadOnlyList<DeviceRow>> StrikeAsync(
        string job,
        int position,
        string measuredBy,
        int most,
        string reason,
        CancellationToken cancellation
    ) =>
        database.WriteAsync<IReadOnlyList<DeviceRow>>(
            async turn =>
            {
                // The failure remembers that it has counted: who calls again, or measures the item again, counts nothing twice.
                IReadOnlyList<string> failed = await turn.RowsAsync<string>(
                    """
                    UPDATE item_failure SET struck = 1
                    WHERE job = @job AND position = @position AND device <> @measuredBy AND struck = 0 RETURNING device
                    """,
                    new
                    {
                        job,
                        position,
                        measuredBy,
                    }
                );
                var struck = new List<DeviceRow>();
                foreach (string id in failed.Order(StringComparer.Ordinal))
                {
                    if (
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
                        ) is
                        { } line
                    )
                        struck.Add(Read(line));
                }
                return struck;
            },
            cancellation
        );

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
