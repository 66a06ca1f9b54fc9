namespace FasterSeg.Fleet.Service.Store;

/// <summary>What stints told of their devices.</summary>
internal sealed class StintRecords(FleetDatabase database)
{
    public Task AddAsync(StintRow stint, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
                await turn.DoAsync(
                    """
                    INSERT INTO stint (token, job, device, sentinel, loaded, seq)
                    SELECT CAST(@Token AS BIGINT), id, @Device, @sentinel, @loaded, CAST(@seq AS BIGINT) FROM job WHERE id = @Job
                    ON CONFLICT (token) DO NOTHING
                    """,
                    new
                    {
                        stint.Token,
                        stint.Job,
                        stint.Device,
                        sentinel = StoreText.Json(stint.SentinelMs),
                        loaded = stint.Loaded is null ? null : StoreText.Clean(stint.Loaded),
                        seq = await turn.NextAsync(),
                    }
                ),
            cancellation
        );

    public Task<IReadOnlyList<StintRow>> ListAsync(string job, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StintRow>>(
            async turn =>
            {
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>(
                    "SELECT job, device, token, sentinel, loaded FROM stint WHERE job = @job ORDER BY seq",
                    new { job }
                );
                return
                [
                    .. lines.Select(line => new StintRow(
                        line.job,
                        line.device,
                        line.token,
                        StoreText.Parse<double[]>(line.sentinel),
                        line.loaded
                    )),
                ];
            },
            cancellation
        );

    // Named as the columns are.
    private sealed record Line(string job, string device, long token, string sentinel, string? loaded);
}
