namespace FasterSeg.Fleet.Service.Store;

/// <summary>What stints told of their devices.</summary>
internal sealed class StintRecords(FleetDatabase database)
{
    public Task AddAsync(IReadOnlyList<StintRow> stints, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                IReadOnlyList<long> seqs = await turn.NextAsync(stints.Count);
                await turn.Dialect.AddStintsAsync(
                    turn,
                    [
                        .. stints.Select(
                            (stint, i) =>
                                new StintValues(
                                    stint.Token,
                                    stint.Job,
                                    stint.Device,
                                    StoreText.Json(stint.SentinelMs),
                                    stint.Loaded is null ? null : StoreText.Clean(stint.Loaded),
                                    seqs[i]
                                )
                        ),
                    ]
                );
            },
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
