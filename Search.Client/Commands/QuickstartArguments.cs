namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg quickstart</c> says.</summary>
/// <param name="Out">The run's folder; null is a new one under <c>runs</c> or, with <paramref name="Resume"/>, the newest one
/// there.</param>
/// <param name="Set">Overrides.</param>
/// <param name="Resume">Go on with what was interrupted.</param>
public sealed record QuickstartArguments(string? Out, string[] Set, bool Resume = false);
