using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>What the store keeps in mind of each table; the table itself stays on the disk until it is asked for.</summary>
/// <param name="Id">Names the table: the first 12 digits of its hash.</param>
/// <param name="Hash">SHA-256 of the table's canonical form, hexadecimal.</param>
/// <param name="Space">The space that was measured; null where nobody knows.</param>
/// <param name="Identity">What its numbers are comparable with.</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Created">When it was finished.</param>
/// <param name="IsMeasured">False where some of its entries are predictions: such a table never stands in for a measured one. A correction
/// leaves the entries as they were measured.</param>
/// <param name="Failed">How many of its entries have no latency.</param>
/// <param name="Loaded">Why it is the table of a loaded device; null where it is not.</param>
public sealed record TableHeader(
    string Id,
    string Hash,
    SearchSpace? Space,
    TableIdentity Identity,
    int Entries,
    DateTimeOffset Created,
    bool IsMeasured,
    int Failed = 0,
    string? Loaded = null
);
