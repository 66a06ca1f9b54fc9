namespace FasterSeg.Fleet.Service.Store;

/// <summary>What devices measured to be compared with their pool's reference, and what came of it.</summary>
internal sealed class CalibrationRecords(FleetDatabase database)
{
    public Task CalibrateAsync(IReadOnlyList<CalibrationRow> rows, CancellationToken cancellation) =>
        rows.Count == 0
            ? Task.CompletedTask
            : database.WriteAsync(
                // In order: of two at once, neither waits for the other in a circle.
                turn =>
                    turn.DoAsync(
                        """
                        INSERT INTO calibration (device, way, key, entry) VALUES (@Device, @Way, @Key, @Entry)
                        ON CONFLICT (device, way, key) DO UPDATE SET entry = excluded.entry
                        """,
                        rows.OrderBy(row => row.Device, StringComparer.Ordinal)
                            .ThenBy(row => row.Way, StringComparer.Ordinal)
                            .ThenBy(row => row.Key, StringComparer.Ordinal)
                            .ToArray()
                    ),
                cancellation
            );

    public Task<IReadOnlyList<CalibrationRow>> CalibrationsOfAsync(
        IReadOnlyCollection<string> devices,
        string way,
        CancellationToken cancellation
    ) =>
        database.ReadAsync(
            turn =>
                turn.RowsAsync<CalibrationRow>(
                    $"""
                    SELECT device AS Device, way AS Way, key AS Key, entry AS Entry FROM calibration
                    WHERE {turn.Dialect.Any("device", "@ids")} AND way = @way
                    """,
                    new { ids = devices.ToArray(), way }
                ),
            cancellation
        );

    /// <summary>Forgets what devices measured to be compared, and what came of it: always in this order, so that nobody waits in a
    /// circle.</summary>
    /// <param name="turn">The transaction.</param>
    /// <param name="which">A condition on both.</param>
    /// <param name="values">The condition's.</param>
    public static async Task ForgetAsync(StoreTurn turn, string which, object values)
    {
        await turn.DoAsync($"DELETE FROM calibration WHERE {which}", values);
        await turn.DoAsync($"DELETE FROM verdict WHERE {which}", values);
    }

    public Task JudgeAsync(string device, string way, VerdictRow? verdict, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                if (verdict is null)
                {
                    await ForgetAsync(turn, "device = @device AND way = @way", new { device, way });
                    return;
                }
                await turn.DoAsync(
                    """
                    INSERT INTO verdict (device, way, reference, merged, factor, reason, sentinel, at)
                    VALUES (@device, @way, @Reference, @merged, @Factor, @reason, @sentinel, @at)
                    ON CONFLICT (device, way) DO UPDATE SET reference = excluded.reference, merged = excluded.merged,
                        factor = excluded.factor, reason = excluded.reason, sentinel = excluded.sentinel, at = excluded.at
                    """,
                    new
                    {
                        device,
                        way,
                        verdict.Reference,
                        merged = verdict.Merged ? 1L : 0L,
                        verdict.Factor,
                        reason = StoreText.Clean(verdict.Reason),
                        sentinel = StoreText.Json(verdict.SentinelMs),
                        at = StoreText.Of(verdict.At),
                    }
                );
            },
            cancellation
        );

    public Task ForgetPoolAsync(string pool, string way, CancellationToken cancellation) =>
        database.WriteAsync(
            turn => ForgetAsync(turn, "way = @way AND device IN (SELECT id FROM device WHERE pool = @pool)", new { pool, way }),
            cancellation
        );

    public Task<IReadOnlyList<VerdictRow>> VerdictsAsync(string pool, CancellationToken cancellation) =>
        VerdictsAsync(_ => "JOIN device d ON d.id = v.device WHERE d.pool = @pool", new { pool }, cancellation);

    public Task<IReadOnlyList<VerdictRow>> VerdictsOfAsync(IReadOnlyCollection<string> devices, CancellationToken cancellation) =>
        devices.Count == 0
            ? Task.FromResult<IReadOnlyList<VerdictRow>>([])
            : VerdictsAsync(dialect => $"WHERE {dialect.Any("v.device", "@ids")}", new { ids = devices.ToArray() }, cancellation);

    private Task<IReadOnlyList<VerdictRow>> VerdictsAsync(
        Func<FleetDialect, string> which,
        object values,
        CancellationToken cancellation
    ) =>
        database.ReadAsync<IReadOnlyList<VerdictRow>>(
            async turn =>
            {
                string where = which(turn.Dialect);
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>(
                    $"SELECT v.device, v.way, v.reference, v.merged, v.factor, v.reason, v.sentinel, v.at FROM verdict v {where}",
                    values
                );
                return
                [
                    .. lines.Select(Read).OrderBy(row => row.Device, StringComparer.Ordinal).ThenBy(row => row.Way, StringComparer.Ordinal),
                ];
            },
            cancellation
        );

    private static VerdictRow Read(Line line) =>
        new(
            line.device,
            line.way,
            line.reference,
            line.merged != 0,
            line.factor,
            line.reason,
            StoreText.Parse<Dictionary<string, double>>(line.sentinel),
            StoreText.Time(line.at)
        );

    // Named as the columns are.
    private sealed record Line(
        string device,
        string way,
        string reference,
        long merged,
        double factor,
        string reason,
        string sentinel,
        string at
    );
}
