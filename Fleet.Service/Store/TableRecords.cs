using System.IO.Compression;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>The finished tables.</summary>
internal sealed class TableRecords(FleetDatabase database, TimeProvider time)
{
    private const string Columns = "id, hash, pool, space, identity, entries, failed, loaded, created";

    public Task<bool> FinishAsync(string job, TableRow? table, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        byte[] packed = table is null ? [] : Pack(json);
        return database.WriteAsync(
            async turn =>
            {
                string? running = await turn.FirstAsync<string>(
                    $"SELECT id FROM job WHERE id = @job AND state = 'running'{turn.Dialect.ForUpdate}",
                    new { job }
                );
                if (running is null)
                    return false;
                long open = await turn.NumberAsync("SELECT count(*) FROM item WHERE job = @job AND entry IS NULL", new { job }) ?? 0;
                if (open > 0)
                    return false;
                if (table is not null)
                    await InsertAsync(turn, table, packed);
                await turn.DoAsync(
                    "UPDATE job SET state = 'done', message = '', table_id = @table, updated = @now WHERE id = @job",
                    new
                    {
                        job,
                        table = table?.Id,
                        now = StoreText.Of(time.GetUtcNow()),
                    }
                );
                return true;
            },
            cancellation
        );
    }

    public Task<IReadOnlyList<TableRow>?> ListAsync(string pool, string? behind, int most, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<TableRow>?>(
            async turn =>
            {
                long? before = long.MaxValue;
                if (behind is not null)
                    before = await turn.NumberAsync(
                        "SELECT seq FROM latency_table WHERE pool = @pool AND id = @behind",
                        new { pool, behind }
                    );
                if (before is null)
                    return null;
                IReadOnlyList<Line> lines = await turn.RowsAsync<Line>(
                    $"SELECT {Columns} FROM latency_table WHERE pool = @pool AND seq < @before ORDER BY seq DESC LIMIT @most",
                    new
                    {
                        pool,
                        before,
                        most = (long)most,
                    }
                );
                return [.. lines.Select(line => line.Read())];
            },
            cancellation
        );

    public Task<TableRow?> NewestAsync(string pool, SearchSpace space, TableIdentity identity, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn =>
                (
                    await turn.FirstAsync<Line>(
                        $"""
                        SELECT {Columns} FROM latency_table WHERE likeness = @likeness AND loaded IS NULL
                        ORDER BY CASE WHEN failed > 0 THEN 1 ELSE 0 END, seq DESC LIMIT 1
                        """,
                        new { likeness = LikenessOf(pool, space, identity) }
                    )
                )?.Read(),
            cancellation
        );

    public Task<(TableRow Row, byte[] Json)?> FindAsync(string id, CancellationToken cancellation) =>
        database.ReadAsync<(TableRow Row, byte[] Json)?>(
            async turn =>
            {
                // One query: the table may be dropped between two.
                PackedLine? line = await turn.FirstAsync<PackedLine>(
                    $"SELECT {Columns}, json FROM latency_table WHERE id = @id",
                    new { id }
                );
                return line is null ? null : (line.Read(), Unpack(line.json));
            },
            cancellation
        );

    private static async Task InsertAsync(StoreTurn turn, TableRow table, byte[] packed) =>
        await turn.DoAsync(
            """
            INSERT INTO latency_table (id, hash, pool, space, identity, likeness, entries, failed, loaded, created, seq, json)
            VALUES (@Id, @Hash, @Pool, @space, @identity, @likeness, @Entries, @Failed, @loaded, @created, @seq, @packed)
            ON CONFLICT (id) DO NOTHING
            """,
            new
            {
                table.Id,
                table.Hash,
                table.Pool,
                space = StoreText.Of(table.Space),
                identity = StoreText.Of(table.Identity),
                likeness = LikenessOf(table.Pool, table.Space, table.Identity),
                table.Entries,
                table.Failed,
                loaded = table.Loaded is null ? null : StoreText.Clean(table.Loaded),
                created = StoreText.Of(table.Created),
                seq = await turn.NextAsync(),
                packed,
            }
        );

    private static string LikenessOf(string pool, SearchSpace? space, TableIdentity identity) =>
        StoreText.Likeness(pool, StoreText.Of(space), StoreText.Of(identity));

    private static byte[] Pack(ReadOnlyMemory<byte> json)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(json.Span);
        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var json = new MemoryStream();
        gzip.CopyTo(json);
        return json.ToArray();
    }

    // Named as the columns are.
    private record Line(
        string id,
        string hash,
        string pool,
        string? space,
        string identity,
        long entries,
        long failed,
        string? loaded,
        string created
    )
    {
        public TableRow Read() =>
            new(
                id,
                hash,
                pool,
                StoreText.Space(space, "table " + id),
                StoreText.Parse<TableIdentity>(identity),
                (int)entries,
                (int)failed,
                loaded,
                StoreText.Time(created)
            );
    }

    private sealed record PackedLine(
        string id,
        string hash,
        string pool,
        string? space,
        string identity,
        long entries,
        long failed,
        string? loaded,
        string created,
        byte[] json
    ) : Line(id, hash, pool, space, identity, entries, failed, loaded, created);
}
