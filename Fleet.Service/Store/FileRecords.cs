namespace FasterSeg.Fleet.Service.Store;

/// <summary>Uploaded files, in pieces that are no burden to a database.</summary>
internal sealed class FileRecords(FleetDatabase database, TimeProvider time)
{
    private const int PieceBytes = 1 << 20;

    public Task<string> AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        string id = StoreText.NewId();
        return database.WriteAsync(
            async turn =>
            {
                await turn.DoAsync(
                    "INSERT INTO file (id, length, created) VALUES (@id, @length, @now)",
                    new
                    {
                        id,
                        length = (long)bytes.Length,
                        now = StoreText.Of(time.GetUtcNow()),
                    }
                );
                for (int number = 0; (long)number * PieceBytes < bytes.Length; number++)
                {
                    int from = number * PieceBytes;
                    byte[] piece = bytes[from..Math.Min(bytes.Length, from + PieceBytes)].ToArray();
                    await turn.DoAsync(
                        "INSERT INTO file_piece (file, number, bytes) VALUES (@id, @number, @piece)",
                        new
                        {
                            id,
                            number,
                            piece,
                        }
                    );
                }
                return id;
            },
            cancellation
        );
    }

    public Task<byte[]?> FindAsync(string id, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn =>
            {
                if (await turn.NumberAsync("SELECT length FROM file WHERE id = @id", new { id }) is not { } length)
                    return null;
                byte[] bytes = new byte[length];
                int at = 0;
                foreach (
                    byte[] piece in await turn.RowsAsync<byte[]>(
                        "SELECT bytes FROM file_piece WHERE file = @id ORDER BY number",
                        new { id }
                    )
                )
                {
                    piece.CopyTo(bytes, at);
                    at += piece.Length;
                }
                // Dropped between the two.
                return at == length ? bytes : null;
            },
            cancellation
        );

    public Task DropAsync(string id, CancellationToken cancellation) =>
        database.WriteAsync(turn => turn.DoAsync("DELETE FROM file WHERE id = @id", new { id }), cancellation);
}
