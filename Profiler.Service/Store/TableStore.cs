using System.Collections.Concurrent;
using FasterSeg.Operators;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The finished tables, each a JSON file of a folder, <c>ID.json</c>.</summary>
public sealed class TableStore
{
    private const int IdLength = 12;

    private readonly ConcurrentDictionary<string, StoredTable> tables = [];
    private readonly string folder;
    private readonly ILogger<TableStore> logger;

    /// <summary>Opens a folder, which is made where it is not there. A file that is no sound table is logged and left alone.</summary>
    /// <exception cref="UserErrorException">The folder cannot be made or read.</exception>
    public TableStore(string folder, ILogger<TableStore> logger)
    {
        this.folder = folder;
        this.logger = logger;
        try
        {
            Directory.CreateDirectory(folder);
            foreach (string path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)) Load(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The table folder '{folder}' cannot be used: {fault.Message} Name another one with --store.", fault);
        }
    }

    /// <summary>All tables, the newest first.</summary>
    public IReadOnlyList<StoredTable> List() =>
        [.. tables.Values.OrderByDescending(stored => stored.Table.Created).ThenBy(stored => stored.Id, StringComparer.Ordinal)];

    /// <summary>The table of this id, or null.</summary>
    public StoredTable? Find(string id) => tables.GetValueOrDefault(id);

    /// <summary>The newest table of this space and identity, or null.</summary>
    public StoredTable? FindNewest(SearchSpace space, TableIdentity identity) =>
        List().FirstOrDefault(stored => space.Equals(stored.Table.Space) && stored.Table.Identity == identity);

    /// <summary>Keeps a table. Its file appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public StoredTable Save(LatencyTable table)
    {
        StoredTable stored = Describe(table);
        LatencyTableJson.Save(table, Path.Combine(folder, stored.Id + ".json"));
        tables[stored.Id] = stored;
        return stored;
    }

    private void Load(string path)
    {
        try
        {
            StoredTable stored = Describe(LatencyTableJson.Load(path));
            tables[stored.Id] = stored;
        }
        catch (UserErrorException fault)
        {
            logger.LogWarning("{Path} is skipped: {Reason}", path, fault.Message);
        }
    }

    private static StoredTable Describe(LatencyTable table)
    {
        string hash = LatencyTableJson.HashOf(table);
        return new(hash[..IdLength], hash, table);
    }
}
