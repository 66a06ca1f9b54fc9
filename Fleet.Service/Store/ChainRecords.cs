namespace FasterSeg.Fleet.Service.Store;

/// <summary>Chains, and who has them in hand. What changes several of them does so in the order of sweeps and positions, so that none
/// waits for another in a circle.</summary>
internal sealed class ChainRecords(FleetDatabase database)
{
    public Task<IReadOnlyList<ChainRow>> ChainsAsync(string sweep, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ChainRow>>(
            async turn =>
                [
                    .. (
                        await turn.RowsAsync<Line>(
                            """
                            SELECT name, state, agent, latest, images, all_images, message, taken FROM chain
                            WHERE sweep = @sweep ORDER BY position
                            """,
                            new { sweep }
                        )
                    ).Select(Read),
                ],
            cancellation
        );

    public Task<LeasedChain?> TakeAsync(ChainAsk ask, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                if (await AnsweredAsync(turn, ask.Ask) is { } before)
                    return before;
                int taken = await turn.DoAsync(
                    Take(turn.Dialect),
                    new
                    {
                        ask = ask.Ask,
                        agent = StoreText.Clean(ask.Agent),
                        token = await turn.NextAsync(),
                        sweeps = ask.WithoutSweeps.ToArray(),
                        chains = ask.WithoutChains.ToArray(),
                    }
                );
                return taken > 0 ? await AnsweredAsync(turn, ask.Ask) : null;
            },
            cancellation
        );

    public Task<ChainSigns> RenewAsync(IReadOnlyList<ChainBeat> beats, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                IReadOnlyList<(long Token, string Sweep)> held = await turn.RowsAsync<(long, string)>(
                    $"""
                    SELECT token, sweep FROM chain WHERE {turn.Dialect.Any("token", "@tokens")}
                    ORDER BY sweep, position{turn.Dialect.ForUpdate}
                    """,
                    new { tokens = beats.Select(beat => beat.Token).ToArray() }
                );
                HashSet<long> tokens = [.. held.Select(each => each.Token)];
                foreach (ChainBeat beat in beats.Where(beat => tokens.Contains(beat.Token)))
                    await turn.DoAsync(
                        """
                        UPDATE chain SET beat = beat + 1, latest = @latest, images = @Images, all_images = @AllImages
                        WHERE token = @Token
                        """,
                        new
                        {
                            beat.Token,
                            latest = StoreText.Clean(beat.Latest),
                            beat.Images,
                            beat.AllImages,
                        }
                    );
                HashSet<string> withdrawn = [.. await turn.RowsAsync<string>("SELECT id FROM sweep WHERE state = 'withdrawn'")];
                return new ChainSigns([.. tokens], [.. held.Where(each => withdrawn.Contains(each.Sweep)).Select(each => each.Token)]);
            },
            cancellation
        );

    public Task<bool> EndAsync(long token, ChainStanding standing, string message, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                int ended = await turn.DoAsync(
                    """
                    UPDATE chain SET state = @state, token = NULL, ask = NULL, ended = @token, latest = '', message = @message,
                        images = CASE WHEN @state = 'done' THEN all_images ELSE images END
                    WHERE token = @token
                    """,
                    new
                    {
                        token,
                        state = StoreText.Of(standing),
                        message = StoreText.Clean(message),
                    }
                );
                // One whose answer was lost is told again.
                return ended > 0 || await turn.NumberAsync("SELECT ended FROM chain WHERE ended = @token", new { token }) is not null;
            },
            cancellation
        );

    public Task GiveBackAsync(long token, string reason, CancellationToken cancellation) =>
        database.WriteAsync(
            turn => turn.DoAsync($"UPDATE chain SET {Free} WHERE token = @token", new { token, reason = StoreText.Clean(reason) }),
            cancellation
        );

    public Task<IReadOnlyList<ChainPulse>> LeasedAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ChainPulse>>(
            async turn =>
                [
                    .. (
                        await turn.RowsAsync<(long Token, long Beat)>(
                            "SELECT token, beat FROM chain WHERE token IS NOT NULL ORDER BY sweep, position"
                        )
                    ).Select(each => new ChainPulse(each.Token, each.Beat)),
                ],
            cancellation
        );

    public Task<int> LapseAsync(IReadOnlyList<ChainPulse> silent, string reason, CancellationToken cancellation) =>
        database.WriteAsync(
            async turn =>
            {
                int lapsed = 0;
                foreach (ChainPulse pulse in silent)
                    lapsed += await turn.DoAsync(
                        $"UPDATE chain SET {Free} WHERE token = @Token AND beat = @Beat",
                        new
                        {
                            pulse.Token,
                            pulse.Beat,
                            reason,
                        }
                    );
                return lapsed;
            },
            cancellation
        );

    // The agent's name stays: people want to know who had it.
    private const string Free = "state = 'waiting', token = NULL, ask = NULL, latest = '', message = @reason";

    // Materialized: picked once, however the rows are then found. Only chains are locked, so that two who take of one sweep do not pass
    // each other's sweep over.
    private static string Take(FleetDialect dialect) =>
        $"""
            WITH busy AS MATERIALIZED (
                SELECT s.owner AS owner, count(*) AS chains FROM chain c JOIN sweep s ON s.id = c.sweep
                WHERE c.token IS NOT NULL GROUP BY s.owner
            ), offered AS MATERIALIZED (
                SELECT s.id AS id, s.seq AS seq, COALESCE((SELECT b.chains FROM busy b WHERE b.owner = s.owner), 0) AS chains
                FROM sweep s WHERE s.state = 'open' AND NOT ({dialect.Any("s.id", "@sweeps")})
            ), picked AS MATERIALIZED (
                SELECT c.sweep, c.position FROM chain c
                WHERE c.state = 'waiting' AND c.sweep IN (SELECT o.id FROM offered o)
                    AND NOT ({dialect.Any("c.sweep || '/' || c.name", "@chains")})
                ORDER BY (SELECT o.chains FROM offered o WHERE o.id = c.sweep), (SELECT o.seq FROM offered o WHERE o.id = c.sweep),
                    c.position
                LIMIT 1{dialect.SkipLocked}
            )
            UPDATE chain SET state = 'leased', token = @token, ask = @ask, agent = @agent, beat = 0, latest = '', message = '',
                taken = taken + 1
            WHERE (sweep, position) IN (SELECT p.sweep, p.position FROM picked p)
            """;

    /// <summary>The lease that an ask has got.</summary>
    private static async Task<LeasedChain?> AnsweredAsync(StoreTurn turn, string ask) =>
        await turn.FirstAsync<Taken>(
            """
            SELECT c.token, c.sweep, s.mark, s.place, c.name FROM chain c JOIN sweep s ON s.id = c.sweep
            WHERE c.ask = @ask AND c.token IS NOT NULL ORDER BY c.token
            """,
            new { ask }
        )
            is { } taken
            ? new(taken.token, taken.sweep, taken.mark, taken.place, taken.name)
            : null;

    private static ChainRow Read(Line line) =>
        new(
            line.name,
            StoreText.Named<ChainStanding>(line.state),
            line.agent,
            line.latest,
            line.images,
            line.all_images,
            line.message,
            (int)line.taken
        );

    // Named as the columns are.
    private sealed record Line(
        string name,
        string state,
        string agent,
        string latest,
        double images,
        double all_images,
        string message,
        long taken
    );

    private sealed record Taken(long token, string sweep, string mark, string place, string name);
}
