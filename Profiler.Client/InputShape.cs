namespace FasterSeg.Profiler.Client;

/// <summary>The sides that one input of a model is measured with.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Sides">All of its sides, each above 0; none for a scalar.</param>
public sealed record InputShape(string Name, IReadOnlyList<long> Sides);
