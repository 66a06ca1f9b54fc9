namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut show</c> says.</summary>
/// <param name="Table">The table's file.</param>
/// <param name="Slowest">How many of the slowest entries to name.</param>
/// <param name="Network">A derived network to show with the table's latencies instead of the table; null shows the table.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record LutShowArguments(string Table, int Slowest, string? Network = null, bool Json = false);
