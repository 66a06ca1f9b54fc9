namespace FasterSeg.Search.Data;

/// <summary>What was found in a sample.</summary>
/// <param name="Label">Its pixels; null where its label cannot be read.</param>
/// <param name="Faults">What is wrong with it, a sentence each.</param>
public sealed record SampleExamination(LabelCount? Label, IReadOnlyList<string> Faults);
