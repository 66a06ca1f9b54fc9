namespace FasterSeg.Search.Searching;

/// <summary>Mean entropies of the architecture's choices, nats. Undecided: ln 5 for operators, ln 2 for paths, ln R for R widths.</summary>
public sealed record ArchitectureEntropy(double Alpha, double Beta, double Gamma);
