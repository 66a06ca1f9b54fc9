namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg compare</c> says.</summary>
/// <param name="Runs">The runs' folders.</param>
/// <param name="Out">A JSON or CSV file for other programs; null writes none.</param>
/// <param name="Overwrite">It may be replaced.</param>
public sealed record CompareArguments(string[] Runs, string? Out, bool Overwrite);
