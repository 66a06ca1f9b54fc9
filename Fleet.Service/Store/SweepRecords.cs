namespace FasterSeg.Fleet.Service.Store;

/// <summary>Sweeps.</summary>
internal sealed class SweepRecords(FleetDatabase database, TimeProvider time)
{
    private const string Open = "open",
        Columns = "id, mark, place, owner, state, created";

    public Task<SweepRow> AddAsync(NewSweep sweep, bool again, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                string id = StoreText.IdOf(sweep.Mark),
                    place = StoreText.Clean(sweep.Place);
                var values = new
                {
                    id,
                    mark = sweep.Mark,
                    place,
                    owner = StoreText.Clean(sweep.Owner),
                    now = StoreText.Of(time.GetUtcNow()),
                    seq = await turn.NextAsync(),
                    again = again ? 1L : 0L,
                    done = sweep.Chains.Where(chain => chain.Done).Select(chain => chain.Name).ToArray(),
                };
                await turn.DoAsync(
                    """
                    INSERT INTO sweep (id, mark, place, owner, state, created, updated, seq)
                    VALUES (@id, @mark, @place, @owner, 'open', @now, @now, @seq) ON CONFLICT (id) DO NOTHING
                    """,
                    values
                );
                // One at a time adds its chains.
                Line line = await turn.FirstAsync<Line>($"SELECT {Columns} FROM sweep WHERE id = @id{turn.Dialect.ForUpdate}", values)
                    ?? throw new InvalidOperationException($"The sweep {id} is not there.");
                if (line.place == place || line.state != Open)
                    await OpenAsync(turn, sweep, values);
                return await FindAsync(turn, id) ?? throw new InvalidOperationException($"The sweep {id} is not there.");
            },
            cancellation
        );

    public Task<IReadOnlyList<SweepRow>> SweepsAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<SweepRow>>(
            async turn =>
            {
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>($"SELECT {Columns} FROM sweep ORDER BY seq");
                ILookup<string, string> states = (
                    await turn.RowsAsync<(string Sweep, string State)>("SELECT sweep, state FROM chain")
                ).ToLookup(chain => chain.Sweep, chain => chain.State);
                return [.. lines.Select(line => Read(line, states[line.id]))];
            },
            cancellation
        );

    public Task<SweepRow?> SweepAsync(string idOrMark, CancellationToken cancellation) =>
        database.ReadAsync(turn => FindAsync(turn, idOrMark), cancellation);

    public Task<bool> WithdrawAsync(string sweep, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
                await turn.DoAsync(
                    "UPDATE sweep SET state = 'withdrawn', updated = @now WHERE id = @sweep",
                    new { sweep, now = StoreText.Of(time.GetUtcNow()) }
                ) > 0,
            cancellation
        );

    private static async Task OpenAsync(StoreTurn turn, NewSweep sweep, object values)
    {
        await turn.DoAsync("UPDATE sweep SET state = 'open', place = @place, updated = @now WHERE id = @id", values);
        string id = StoreText.IdOf(sweep.Mark);
        await turn.DoAsync(
            """
            INSERT INTO chain (sweep, position, name, state) VALUES (@id, @position, @name, 'waiting')
            ON CONFLICT (sweep, position) DO NOTHING
            """,
            sweep.Chains.Select(
                (chain, position) =>
                    new
                    {
                        id,
                        position,
                        name = chain.Name,
                    }
            )
        );
        await turn.DoAsync(
            """
            UPDATE chain SET state = 'waiting', message = ''
            WHERE sweep = @id AND (state = 'failed' OR (state = 'refused' AND @again = 1))
            """,
            values
        );
        await turn.DoAsync(
            $"""
            UPDATE chain SET state = 'done', message = ''
            WHERE sweep = @id AND state = 'waiting' AND {turn.Dialect.Any("name", "@done")}
            """,
            values
        );
    }

    private static async Task<SweepRow?> FindAsync(StoreTurn turn, string id)
    {
        if (await turn.FirstAsync<Line>($"SELECT {Columns} FROM sweep WHERE id = @id OR mark = @id", new { id }) is not { } line)
            return null;
        return Read(line, await turn.RowsAsync<string>("SELECT state FROM chain WHERE sweep = @id", new { line.id }));
    }

    // Counted here: SQLite does not say of what type a count is where it counts nothing.
    private static SweepRow Read(Line line, IEnumerable<string> states) =>
        new(
            line.id,
            line.mark,
            line.place,
            line.owner,
            line.state != Open,
            StoreText.Time(line.created),
            states.CountBy(state => state).ToDictionary(each => StoreText.Named<ChainStanding>(each.Key), each => each.Value)
        );

    // Named as the columns are.
    private sealed record Line(string id, string mark, string place, string owner, string state, string created);
}
