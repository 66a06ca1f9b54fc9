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

    private static async Task<PoolRow?> FindAsync(StoreTurn turn, string id) =>
        await turn.FirstAsync<Line>($"SELECT {Columns} FROM pool WHERE id = @id", new { id }) is { } line ? Read(line) : null;

    private static PoolRow Read(Line line) => new(line.id, line.name, StoreText.Parse<TableIdentity>(line.kind), line.reference);

    // Named as the columns are.
    private sealed record Line(string id, string name, string kind, string? reference);
}
