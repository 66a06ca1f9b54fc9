namespace FasterSeg.Search.Data;

/// <summary>A class: its name, and the colour it is painted with.</summary>
public sealed record SegmentationClass(string Name, byte Red, byte Green, byte Blue);
