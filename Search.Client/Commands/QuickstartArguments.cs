namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg quickstart</c> says.</summary>
/// <param name="Out">The run's folder.</param>
/// <param name="Set">Overrides.</param>
public sealed record QuickstartArguments(string Out, string[] Set);
