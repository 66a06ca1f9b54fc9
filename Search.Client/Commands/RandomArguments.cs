namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg random</c> says.</summary>
/// <param name="Like">The run with the searched student.</param>
/// <param name="Out">The new run's folder.</param>
/// <param name="Seed">Starts the sequence of random networks.</param>
/// <param name="Tolerance">Relative difference of the estimates.</param>
public sealed record RandomArguments(string Like, string Out, int Seed, double Tolerance);
