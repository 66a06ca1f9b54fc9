namespace FasterSeg.Bench.Adversity.Readers;

/// <summary>One call of a reader.</summary>
/// <param name="Kind"><c>watch</c>, <c>list</c>, <c>health</c> or <c>get</c>.</param>
/// <param name="Ms">From its beginning to the last byte of its answer (of a watch: the first), as the client sees it.</param>
/// <param name="Connects">Whether it was the client's first one and had to make its connection, when all others made theirs.</param>
internal sealed record ReaderCall(string Kind, double Ms, bool Connects);
