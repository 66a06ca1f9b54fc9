using FasterSeg.Operators.Tables;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A table of the store.</summary>
/// <param name="Id">Names the table: the first 12 digits of its hash.</param>
/// <param name="Hash">SHA-256 of the table's canonical form, hexadecimal.</param>
/// <param name="Table">The table.</param>
public sealed record StoredTable(string Id, string Hash, LatencyTable Table);
