using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>A table written as a flat JSON object from names to milliseconds.</summary>
/// <param name="Json">The file, UTF-8.</param>
/// <param name="Written">Number of entries in it.</param>
/// <param name="WithoutName">Entries left out because the naming has no name for them.</param>
/// <param name="Failed">Entries left out because they have no latency.</param>
public sealed record FlatTable(byte[] Json, int Written, IReadOnlyList<OperatorSpec> WithoutName, IReadOnlyList<OperatorSpec> Failed);
