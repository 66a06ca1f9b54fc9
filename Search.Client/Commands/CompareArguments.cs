namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg compare</c> says.</summary>
/// <param name="Runs">The runs' folders.</param>
/// <param name="Out">A JSON or CSV file for other programs, a page or a picture; null writes none.</param>
/// <param name="Overwrite">It may be replaced.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record CompareArguments(string[] Runs, string? Out, bool Overwrite, bool Json = false);
