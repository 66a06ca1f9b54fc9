using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// The finished tables. JSON files in the store's folder join them at the start: a table is brought along by copying it there. The tables
/// stay on the disk, so that a profiler that makes new ones for months needs no more memory for it.
/// </summary>
public sealed class TableStore
{
    private readonly ConcurrentDictionary<string, TableHeader> tables = [];

    // Most tables of a profiler are of one device and a few spaces: what is equal is kept once.
    private readonly ConcurrentDictionary<TableIdentity, TableIdentity> identities = [];
    private readonly ConcurrentDictionary<SearchSpace, SearchSpace> spaces = [];
    private readonly ProfilerDatabase database;
    private readonly Signal changed = new();

    /// <summary>Reads the tables of the database and of its folder. What is no sound table is logged and left alone.</summary>
    public TableStore(ProfilerDatabase database, ILogger<TableStore> logger)
    {
        this.database = database;
        using (SqliteConnection connection = database.Open())
        {
            foreach (byte[] json in connection.Query<byte[]>("SELECT json FROM latency_table", buffered: false))
            {
                if (StoredTable.TryRead(json, "the store") is { } stored)
                    Remember(stored);
                else
                    logger.LogError("A table of the store in {Folder} is damaged and left out", database.Folder);
            }
        }
        foreach (string path in Directory.EnumerateFiles(database.Folder, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                Save(LatencyTableJson.Load(path));
            }
            catch (UserErrorException fault)
            {
                logger.LogWarning("{Path} is skipped: {Reason}", path, fault.Message);
            }
        }
    }

    /// <summary>All tables, the newest first.</summary>
    public IReadOnlyList<TableHeader> List() =>
        [.. tables.Values.OrderByDescending(header => header.Created).ThenBy(header => header.Id, StringComparer.Ordinal)];

    /// <summary>The table of this id, or null.</summary>
    public StoredTable? Find(string id) => Json(id) is { } json ? StoredTable.TryRead(json, "the store") : null;

    /// <summary>The file of the table of this id, as it was written, or null.</summary>
    public byte[]? Json(string id)
    {
        if (!tables.ContainsKey(id))
            return null;
        using SqliteConnection connection = database.Open();
        return connection.QuerySingleOrDefault<byte[]>("SELECT json FROM latency_table WHERE id = @id", new { id });
    }

    /// <summary>The newest measured table of this space and identity, or null; one that was brought along may be in part predicted, and is
    /// not it. Whole ones come before those with failed entries, and those of a quiet device before those of a loaded one: a newer table is
    /// not always a better one.</summary>
    public TableHeader? FindNewest(SearchSpace space, TableIdentity identity) =>
        List()
            .Where(header => header.IsMeasured && space.Equals(header.Space) && header.Identity == identity)
            .OrderBy(header => (header.Failed > 0, header.Loaded is not null))
            .FirstOrDefault();

    /// <summary>Keeps a table, whole or not at all, and then tells the watchers.</summary>
    /// <param name="table">The table.</param>
    /// <param name="note">What is noted together with it, in the same transaction.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public StoredTable Save(LatencyTable table, Action<SqliteTransaction, StoredTable>? note = null)
    {
        StoredTable stored = StoredTable.Of(table);
        try
        {
            using SqliteConnection connection = database.Open();
            using SqliteTransaction transaction = connection.BeginTransaction();
            Insert(connection, stored, LatencyTableJson.Serialize(table), transaction);
            note?.Invoke(transaction, stored);
            transaction.Commit();
        }
        catch (SqliteException fault)
        {
            throw new UserErrorException(
                $"The table {stored.Id} cannot be kept in {database.Folder}: {fault.Message.TrimEnd('.')}. Free space there, or "
                    + "start with another --store.",
                fault
            );
        }
        Remember(stored);
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
        string? last = null;
        while (true)
        {
            Task next = changed.Next;
            if (FindNewest(space, identity) is { } newest && newest.Id != last)
            {
                last = newest.Id;
                yield return newest;
            }
            await next.WaitAsync(cancellation);
        }
    }

    private void Remember(StoredTable stored)
    {
        TableHeader header = stored.Header;
        tables[header.Id] = header with
        {
            Identity = identities.GetOrAdd(header.Identity, header.Identity),
            Space = header.Space is null ? null : spaces.GetOrAdd(header.Space, header.Space),
        };
    }

    internal static void Insert(IDbConnection connection, StoredTable stored, byte[] json, IDbTransaction? transaction = null) =>
        connection.Execute(
            "INSERT INTO latency_table (id, created, json) VALUES (@Id, @Created, @json) ON CONFLICT (id) DO NOTHING",
            new
            {
                stored.Id,
                Created = stored.Table.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                json,
            },
            transaction
        );
}
