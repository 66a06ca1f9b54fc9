namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut import</c> says.</summary>
/// <param name="File">The file to read.</param>
/// <param name="Out">The table's file.</param>
/// <param name="Overwrite">It may be replaced.</param>
public sealed record LutImportArguments(string File, string Out, bool Overwrite);
