using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Caching.Memory;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// The finished tables, in the order in which they were kept; no clock has a say in it. JSON files in the store's folder join them at the
/// start (<see cref="BroughtTables"/>). Tables stay on the disk until they are asked for, so that neither a start nor the memory depends on
/// how many there are.
/// </summary>
public sealed class TableStore : IDisposable
{
    private const string Header = "SELECT seq, id, hash, kind, entries, created, measured, failed, loaded FROM latency_table";

    // Those that a rush of readers asks for, put together once.
    private const long CachedBytes = 16 << 20;

    // What a small store of an earlier build needs to be there at once.
    private static readonly TimeSpan FirstConversion = TimeSpan.FromSeconds(0.5);

    private readonly ProfilerDatabase database;
    private readonly ILogger<TableStore> logger;
    private readonly TableKinds kinds = new();
    private readonly MemoryCache files = new(new MemoryCacheOptions { SizeLimit = CachedBytes });
    private readonly BroughtTables brought;
    private readonly Signal changed = new();

    /// <summary>Takes the tables of the database's folder in. What is no sound table is logged and left alone.</summary>
    public TableStore(ProfilerDatabase database, ILogger<TableStore> logger)
    {
        (this.database, this.logger) = (database, logger);
        brought = new(database, this, logger);
        try
        {
            ConvertEarlier(FirstConversion);
            JoinBrought();
        }
        catch (StoreUnavailableException fault)
        {
            // A full disk: what is there is served all the same.
            logger.LogWarning("The store's folder is not looked through: {Reason}", fault.Message);
        }
    }

    /// <summary>Tables kept since the start.</summary>
    public long Saved { get; private set; }

    /// <summary>All tables, the newest first.</summary>
    /// <param name="most">How many at most; by default all.</param>
    public IReadOnlyList<TableHeader> List(int most = -1)
    {
        using SqliteConnection connection = database.Open();
        return List(connection, long.MaxValue, most);
    }

    /// <summary>The table of this id, or null.</summary>
    public StoredTable? Find(string id) => Json(id) is { } json ? StoredTable.TryRead(json, "the store") : null;

    /// <summary>The file of the table of this id, as it was written, or null where there is none or it is damaged.</summary>
    public byte[]? Json(string id)
    {
        if (files.TryGetValue(id, out byte[]? cached))
            return cached;
        byte[]? file = ReadFile(id);
        if (file is not null)
            files.Set(id, file, new MemoryCacheEntryOptions { Size = file.Length });
        return file;
    }

    /// <summary>The newest measured table of this space and identity, or null; one that was brought along may be in part predicted, and is
    /// not it. Whole ones come before those with failed entries, and those of a quiet device before those of a loaded one: a newer table is
    /// not always a better one.</summary>
    public TableHeader? FindNewest(SearchSpace space, TableIdentity identity) =>
        Newest(space, identity, "failed > 0, loaded IS NOT NULL, brought, seq DESC")?.Header;

    /// <summary>Keeps a table, whole or not at all, and then tells the watchers.</summary>
    /// <param name="table">The table.</param>
    /// <param name="note">What is noted together with it, in the same transaction.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be written at present, such as on a full disk.</exception>
    public StoredTable Save(LatencyTable table, Action<SqliteTransaction, StoredTable>? note = null) => Save(table, isBrought: false, note);

    /// <summary>Takes in the JSON files that lie in the folder by now: their tables stay as long as they do.</summary>
    /// <exception cref="StoreUnavailableException">The store takes nothing at present.</exception>
    public void JoinBrought() => brought.Join();

    internal StoredTable Save(LatencyTable table, bool isBrought, Action<SqliteTransaction, StoredTable>? note = null)
    {
        StoredTable stored = StoredTable.Of(table);
        byte[] json = LatencyTableJson.Serialize(table);
        try
        {
            database.Guard(() =>
            {
                using SqliteConnection connection = database.Open();
                using SqliteTransaction transaction = connection.BeginTransaction();
                Insert(connection, stored, json, transaction, isBrought);
                note?.Invoke(transaction, stored);
                transaction.Commit();
            });
        }
        catch (SqliteException fault)
        {
            throw new UserErrorException(
                $"The table {stored.Id} cannot be kept in {database.Folder}: {fault.Message.TrimEnd('.')}. Free space there, or "
                    + "start with another --store.",
                fault
            );
        }
        Saved++;
        changed.Raise();
        return stored;
    }

    /// <summary>The newest table of a space and identity, if there is one, then each newer one as it comes.</summary>
    public async IAsyncEnumerable<TableHeader> WatchAsync(
        SearchSpace space,
        TableIdentity identity,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        long last = long.MinValue;
        while (true)
        {
            Task next = changed.Next;
            if (Newest(space, identity) is var (seq, newest) && seq > last)
            {
                last = seq;
                yield return newest;
            }
            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Takes tables of earlier builds apart, the newest first, until none is left or the time is over.</summary>
    /// <returns>True where none is left.</returns>
    public bool ConvertEarlier(TimeSpan most) => TableConversion.Run(database, most, logger);

    /// <summary>Forgets what is kept in mind of a table that was dropped.</summary>
    internal void Forget(string id) => files.Remove(id);

    /// <inheritdoc/>
    public void Dispose() => files.Dispose();

    internal static void Insert(
        SqliteConnection connection,
        StoredTable stored,
        byte[] json,
        SqliteTransaction transaction,
        bool isBrought = false
    )
    {
        TableHeader header = stored.Header;
        long kind = TableKinds.FindOrAdd(connection, transaction, header.Identity, header.Space);
        connection.Execute(
            """
            INSERT INTO latency_table (id, created, json, seq, kind, hash, entries, measured, failed, loaded, brought, lines, digest)
            VALUES (@Id, @created, x'', @seq, @kind, @Hash, @Entries, @IsMeasured, @Failed, @Loaded, @isBrought, @lines, @digest)
            ON CONFLICT (id) DO UPDATE SET lines = excluded.lines, digest = excluded.digest, damaged = 0 WHERE damaged = 1
            """,
            new
            {
                header.Id,
                created = header.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                seq = Sequence.Next(connection, transaction),
                kind,
                header.Hash,
                header.Entries,
                header.IsMeasured,
                header.Failed,
                header.Loaded,
                isBrought,
                lines = TableLines.Write(connection, transaction, kind, json),
                digest = TableLines.Digest(json),
            },
            transaction
        );
    }

    /// <summary>The tables that were kept before another one, the newest first; null where there is no such table.</summary>
    /// <param name="id">The other one.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<TableHeader>? ListBehind(string id, int most)
    {
        using SqliteConnection connection = database.Open();
        if (connection.ExecuteScalar<long?>("SELECT seq FROM latency_table WHERE id = @id", new { id }) is not { } seq)
            return null;
        return List(connection, seq, most);
    }

    private TableHeader[] List(SqliteConnection connection, long before, int most) =>
        [
            .. connection
                .Query<Row>($"{Header} WHERE seq < @before AND damaged = 0 ORDER BY seq DESC LIMIT @most", new { before, most })
                .Select(row => Read(connection, row)),
        ];

    private byte[]? ReadFile(string id)
    {
        using SqliteConnection connection = database.Open();
        var (json, lines, digest) = connection.QuerySingleOrDefault<(byte[]? Json, byte[]? Lines, byte[]? Digest)>(
            "SELECT json, lines, digest FROM latency_table WHERE id = @id AND damaged = 0",
            new { id }
        );
        // One of an earlier build, which its own hash guards, that was not taken apart yet.
        if (lines is null)
            return json is { Length: > 0 } && StoredTable.TryRead(json, "the store")?.Id == id ? json : null;
        if (TableLines.Read(connection, lines) is { } file && TableLines.Digest(file).AsSpan().SequenceEqual(digest))
            return file;
        logger.LogError("The table {Table} of the store in {Folder} is damaged and left out", id, database.Folder);
        connection.Execute("UPDATE latency_table SET damaged = 1 WHERE id = @id", new { id });
        return null;
    }

    private (long Seq, TableHeader Header)? Newest(SearchSpace space, TableIdentity identity, string order = "brought, seq DESC")
    {
        using SqliteConnection connection = database.Open();
        if (TableKinds.Find(connection, identity, space) is not { } kind)
            return null;
        Row? row = connection.QueryFirstOrDefault<Row>(
            $"{Header} WHERE kind = @kind AND measured = 1 AND seq IS NOT NULL AND damaged = 0 ORDER BY {order} LIMIT 1",
            new { kind }
        );
        return row is null ? null : (row.seq, Read(connection, row));
    }

    private TableHeader Read(SqliteConnection connection, Row row)
    {
        (TableIdentity identity, SearchSpace? space) = kinds.Of(connection, row.kind);
        return new(
            row.id,
            row.hash,
            space,
            identity,
            (int)row.entries,
            DateTimeOffset.ParseExact(row.created, "O", CultureInfo.InvariantCulture),
            row.measured != 0,
            (int)row.failed,
            row.loaded
        );
    }

    // Named as the columns are.
    private sealed record Row(
        long seq,
        string id,
        string hash,
        long kind,
        long entries,
        string created,
        long measured,
        long failed,
        string? loaded
    );
}
