namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut diff</c> says.</summary>
/// <param name="First">The table to compare with.</param>
/// <param name="Second">The table to compare.</param>
/// <param name="Worst">How many of the farthest operators and of the decisions of each sort to name.</param>
/// <param name="Networks">Random students to estimate; 0 leaves them out.</param>
/// <param name="Seed">Draws them.</param>
/// <param name="Json">Print JSON only.</param>
public sealed record LutDiffArguments(string First, string Second, int Worst, int Networks, int Seed, bool Json = false);
