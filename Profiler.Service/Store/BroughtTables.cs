using System.Globalization;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// JSON files in the store's folder: a table is brought along by copying it there, and stays as long as its file does. A file that was read
/// once is not read again until it changes.
/// </summary>
internal sealed class BroughtTables(ProfilerDatabase database, TableStore store, ILogger logger)
{
    // Files that are no tables, as they were seen: neither read nor told of again until they change.
    private readonly Dictionary<string, string> skipped = new(StringComparer.Ordinal);

    /// <summary>Takes in what is new, and forgets what is gone.</summary>
    public void Join()
    {
        Dictionary<string, (string Stamp, string Table)> known = Known();
        var news = new List<(FileInfo File, LatencyTable Table)>();
        // A validation lies beside its table, for the page to find.
        FileInfo[] files =
        [
            .. new DirectoryInfo(database.Folder)
                .EnumerateFiles("*.json")
                .Where(file => !file.Name.EndsWith(".validation.json", StringComparison.OrdinalIgnoreCase)),
        ];
        foreach (FileInfo file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            bool isKnown = known.Remove(file.Name, out var before) && before.Stamp == StampOf(file);
            bool isSkipped = skipped.TryGetValue(file.Name, out string? seen) && seen == StampOf(file);
            if (!isKnown && !isSkipped && Load(file) is { } table)
                news.Add((file, table));
        }
        // Of tables that come together the later one is the newer one.
        foreach ((FileInfo file, LatencyTable table) in news.OrderBy(each => each.Table.Created))
            Note(file, store.Save(table, isBrought: true).Id);
        foreach (string name in known.Keys)
            Execute("DELETE FROM brought_file WHERE name = @name", new { name });
    }

    private static string StampOf(FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");

    private Dictionary<string, (string, string)> Known()
    {
        using SqliteConnection connection = database.Open();
        return connection
            .Query<(string Name, string Stamp, string Table)>(
                "SELECT name, stamp, table_id FROM brought_file WHERE table_id IN (SELECT id FROM latency_table WHERE damaged = 0)"
            )
            .ToDictionary(row => row.Name, row => (row.Stamp, row.Table), StringComparer.Ordinal);
    }

    private LatencyTable? Load(FileInfo file)
    {
        try
        {
            return LatencyTableJson.Load(file.FullName);
        }
        catch (UserErrorException fault)
        {
            skipped[file.Name] = StampOf(file);
            logger.LogWarning("{Path} is skipped: {Reason}", file.FullName, fault.Message);
            return null;
        }
    }

    private void Note(FileInfo file, string table) =>
        Execute(
            "INSERT INTO brought_file (name, stamp, table_id) VALUES (@Name, @stamp, @table) "
                + "ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, table_id = excluded.table_id",
            new
            {
                file.Name,
                stamp = StampOf(file),
                table,
            }
        );

    private void Execute(string sql, object values) =>
        database.Guard(() =>
        {
            using SqliteConnection connection = database.Open();
            connection.Execute(sql, values);
        });
}
