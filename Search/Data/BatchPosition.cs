namespace FasterSeg.Search.Data;

/// <summary>A training step: its epoch, and its place in the epoch, both from 0.</summary>
public readonly record struct BatchPosition(int Epoch, int Step);
