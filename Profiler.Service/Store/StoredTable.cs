using FasterSeg.Latency;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A table of the store.</summary>
/// <param name="Id">Names the table: the first 12 digits of its hash.</param>
/// <param name="Hash">SHA-256 of the table's canonical form, hexadecimal.</param>
/// <param name="Table">The table.</param>
public sealed record StoredTable(string Id, string Hash, LatencyTable Table)
{
    /// <summary>What is kept in mind of it.</summary>
    public TableHeader Header =>
        new(
            Id,
            Hash,
            Table.Space,
            Table.Identity,
            Table.Entries.Count,
            Table.Created,
            Table.Entries.All(entry => entry.Origin != EntryOrigin.Predicted),
            Table.Entries.Count(entry => entry.Failure is not null),
            Table.Loaded
        );

    /// <summary>A table with its hash.</summary>
    public static StoredTable Of(LatencyTable table)
    {
        string hash = LatencyTableJson.HashOf(table);
        return new(LatencyTableJson.IdOf(hash), hash, table);
    }

    /// <summary>The table of a file, or null where it is no sound one.</summary>
    public static StoredTable? TryRead(byte[] json, string where)
    {
        try
        {
            return Of(LatencyTableJson.Parse(json, where));
        }
        catch (UserErrorException)
        {
            return null;
        }
    }
}
