namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut show</c> says.</summary>
/// <param name="Table">The table's file.</param>
/// <param name="Slowest">How many of the slowest entries to name.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record LutShowArguments(string Table, int Slowest, bool Json = false);
