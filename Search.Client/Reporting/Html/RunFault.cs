namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>Why something of a run cannot be read or shown.</summary>
/// <param name="Part">In the place of which section of a page that is told.</param>
/// <param name="Sentence">What is wrong, and what to do.</param>
public sealed record RunFault(RunPart Part, string Sentence);
