namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut export</c> says.</summary>
/// <param name="Table">The table's file.</param>
/// <param name="Format"><c>fasterseg</c>, <c>canonical</c> or <c>authors</c>.</param>
/// <param name="Out">The file to write.</param>
/// <param name="Overwrite">It may be replaced.</param>
public sealed record LutExportArguments(string Table, string Format, string Out, bool Overwrite);
