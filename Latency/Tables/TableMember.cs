namespace FasterSeg.Latency.Tables;

/// <summary>One of the cards of one kind that measured a table together.</summary>
/// <param name="Id">Its name, which stands in its entries (<see cref="LatencyEntry.Device"/>).</param>
/// <param name="Uuid">Identifies the physical card: the identity's for the one to which all latencies are scaled.</param>
/// <param name="Factor">Its latencies over those of the identity's card, by its last comparison; 1 where they agree. What an entry was
/// divided by stands at the entry.</param>
/// <param name="Entries">How many of the table's entries it measured.</param>
public sealed record TableMember(string Id, string Uuid, double Factor, int Entries);
