namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg config</c> says.</summary>
/// <param name="Key">A part of the keys to list; null lists all.</param>
/// <param name="Schema">Print the schema instead.</param>
public sealed record ConfigArguments(string? Key, bool Schema);
